import { serve } from '@throughline/runtime';
import { startQueryApi } from './start-query-api.ts';

await serve(4603, startQueryApi);
