import { problemCode } from '@throughline/contracts';
import { readSettings, SettingsError } from '@throughline/runtime';
import { runPlatform } from './run-platform.ts';

try {
  const { url } = await runPlatform(readSettings());
  console.log(`Throughline serves at ${url}, its reference at ${url}/docs`);
} catch (error) {
  if (!(error instanceof SettingsError) && !problemCode(error)) throw error;
  console.error((error as Error).message);
  process.exit(1);
}
