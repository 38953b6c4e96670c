export { registerViewFigures } from './figures.ts';
export { QueryApiModule, type Sources } from './query-api.module.ts';
export { VIEW_NAMES, type Views } from './views.ts';
