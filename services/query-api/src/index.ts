export { QueryApiModule } from './query-api.module.ts';
export type { Views } from './views.ts';
