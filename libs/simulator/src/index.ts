export { simulate, simulateLines, type SimulateOptions } from './simulate.ts';
