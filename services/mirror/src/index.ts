export { keepMirror, type KeepMirror } from './keep-mirror.ts';
export { startMirror } from './start-mirror.ts';
