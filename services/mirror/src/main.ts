import { serve } from '@throughline/runtime';
import { startMirror } from './start-mirror.ts';

await serve(4608, startMirror);
