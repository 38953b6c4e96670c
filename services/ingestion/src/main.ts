import { serve } from '@throughline/runtime';
import { startIngestion } from './start-ingestion.ts';

await serve(4601, startIngestion);
