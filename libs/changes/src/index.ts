export { changesAsyncApi } from './async-api.ts';
export { openChangePublisher } from './place.ts';
export type { ChangePublisher, ChangesPlace } from './port.ts';
