export { changesOut, type ChangesOut } from './changes-out.ts';
export { Engines, type OpenLog } from './engines.ts';
export { readEngineSettings, type EngineSettings } from './settings.ts';
export { openShownIdentity, type OneIdentity, type ShownIdentity } from './shown-identity.ts';
export { startAlong, type Along } from './start-along.ts';
export { watchPart, type Lookout } from './watch-part.ts';
export { watchShare } from './watch-share.ts';
