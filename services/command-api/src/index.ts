export { Clock } from './clock.ts';
export { CommandApiModule } from './command-api.module.ts';
