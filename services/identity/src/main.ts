import { startAlong } from '@throughline/engines';
import { deploymentSecret, serve } from '@throughline/runtime';
import { startIdentity } from './start-identity.ts';

await serve(4604, (settings) => {
  const secret = deploymentSecret(settings);
  return startAlong(settings, 'identity', (along) => startIdentity({ ...along, secret }));
});
