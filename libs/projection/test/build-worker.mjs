/** A thread that builds the count. */
import { serveBuilder } from '@throughline/projection';
import { count } from './count.mjs';

await serveBuilder(() => () => count);
