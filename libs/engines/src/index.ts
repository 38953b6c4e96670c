export { Engines, type OpenLog } from './engines.ts';
export { readEngineSettings, type EngineSettings } from './settings.ts';
export { startAlong, type Along } from './start-along.ts';
