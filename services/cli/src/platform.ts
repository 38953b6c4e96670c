/** The whole platform, in this process. Loaded only when it is started: the commands that only ask should answer at once. */
import { problemCode } from '@throughline/contracts';
import { EXIT, Stop } from './exit.ts';

/** Where to run it; the environment says what is not told. */
export interface Where {
  readonly port?: number;
  readonly data?: string;
}

export interface Running {
  readonly url: string;
  /** The folder of the data. */
  readonly data: string;
  /** Never settles: the process ends with the platform. */
  readonly ended: Promise<never>;
}

/** @param logLevel what is logged where LOG_LEVEL does not say. */
export async function run({ port, data }: Where, logLevel: 'info' | 'warn'): Promise<Running> {
  const [{ runPlatform }, { readSettings, SettingsError }] = await Promise.all([
    import('@throughline/platform'),
    import('@throughline/runtime'),
  ]);
  try {
    const settings = readSettings({
      ...process.env,
      LOG_LEVEL: process.env['LOG_LEVEL'] || logLevel,
      ...(port === undefined ? {} : { PORT: String(port) }),
      ...(data === undefined ? {} : { THROUGHLINE_DATA: data }),
    });
    const { url } = await runPlatform(settings);
    return { url, data: settings.data, ended: new Promise<never>(() => undefined) };
  } catch (error) {
    if (error instanceof SettingsError) throw new Stop(EXIT.usage, error.message);
    if (problemCode(error) !== undefined) throw new Stop(EXIT.failed, (error as Error).message);
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Stop(
        EXIT.failed,
        'Another process already listens on this port.',
        'Choose another one with --port, or stop that process.',
      );
    }
    throw error;
  }
}
