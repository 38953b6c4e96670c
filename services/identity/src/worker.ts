/** Identity's thread. */
import { serveThread } from '@throughline/projection';
import { runThere } from './run-there.ts';

await serveThread(runThere);
