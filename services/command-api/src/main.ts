import { serve } from '@throughline/runtime';
import { startCommandApi } from './start-command-api.ts';

await serve(4602, startCommandApi);
