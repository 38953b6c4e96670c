export { startDevNode, type DevNode, type DevNodeOptions } from './dev-node.ts';
