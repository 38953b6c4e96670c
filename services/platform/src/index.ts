export { runPlatform } from './run-platform.ts';
export { startPlatform } from './start-platform.ts';
