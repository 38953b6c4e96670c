export { behind, type Behind } from './projections/lag.ts';
export { QueryApiModule, type Sources } from './query-api.module.ts';
export { VIEW_NAMES, type Views } from './views.ts';
