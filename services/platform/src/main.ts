import { serve } from '@throughline/runtime';
import { startPlatform } from './start-platform.ts';

const { url } = await serve(4600, startPlatform);
console.log(`Throughline serves at ${url}, its reference at ${url}/docs`);
