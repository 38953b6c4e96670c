export { partOf, startProjectionNamed } from './start-projection-named.ts';
