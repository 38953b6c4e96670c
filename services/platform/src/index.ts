export { runPlatform } from './run-platform.ts';
export { startPlatform, type Platform } from './start-platform.ts';
