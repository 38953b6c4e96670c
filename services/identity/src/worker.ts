/** Identity's thread. */
import { serveThread } from '@throughline/projection';
import { runEmbedded } from './run-embedded.ts';

await serveThread(runEmbedded);
