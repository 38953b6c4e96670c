export {
  checkProjection,
  METRIC_HOMES,
  PROJECTION_NAMES,
  projectionNamed,
  PROJECTIONS,
  type Projection,
} from './projections.ts';
export { checkVersioned, VERSIONED_NAMES } from './versioned.ts';
