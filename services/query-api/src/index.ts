export { registerViewFigures } from './figures.ts';
export { QueryApiModule, type Sources } from './query-api.module.ts';
export type { CurrentViews, Shelves } from './views.ts';
