export { runIdentity, type RunIdentity } from './run-identity.ts';
export { identityFolder, startIdentity, type StartIdentity } from './start-identity.ts';
