export { startGateway } from './start-gateway.ts';
export type { Upstreams } from './upstreams.ts';
