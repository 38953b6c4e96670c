export { startGateway, type Gateway } from './start-gateway.ts';
export type { Upstreams } from './upstreams.ts';
