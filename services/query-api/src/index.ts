export { registerViewFigures } from './figures.ts';
export { QueryApiModule, type Sources } from './query-api.module.ts';
export { VIEW_NAMES, type CurrentViews, type Shelves, type Views } from './views.ts';
