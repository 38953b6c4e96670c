import { resolve } from 'node:path';
import { DEFAULT_COMPANY, PHONE_REGION_NAMES, type Company } from '@throughline/contracts';
import { Variables } from './variables.ts';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the environment says, read once at start. Frozen. */
export interface Settings {
  /** Absolute path of the folder that holds log, views, graph and key. `THROUGHLINE_DATA`. */
  readonly data: string;
  /** `HOST`: loopback unless told; there is no log-in yet. */
  readonly host: string;
  /** `PORT`: 0 asks the system for a free one. */
  readonly port: number;
  /** `THROUGHLINE_TIME_ZONE`, `THROUGHLINE_CURRENCY`. */
  readonly company: Company;
  /** `THROUGHLINE_PHONE_REGION`: what a phone number without a country is read in. */
  readonly phoneRegion: string;
  /** `LOG_LEVEL`. */
  readonly logLevel: LogLevel;
  /** `THROUGHLINE_KEY`, where it was given. A function, so that no log or answer can print it by accident. */
  readonly givenKey: () => Uint8Array | undefined;
}

/**
 * Reads the settings out of an environment.
 *
 * @param env Environment variables; an empty one counts as unset.
 * @param cwd What a relative `THROUGHLINE_DATA` is relative to.
 * @throws SettingsError naming every wrong variable at once.
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd = process.cwd(),
): Settings {
  const variables = new Variables(env);
  const key = variables.read<Uint8Array | undefined>(
    'THROUGHLINE_KEY',
    undefined,
    'at least 32 bytes in hex or base64',
    keyBytes,
  );
  const settings: Settings = Object.freeze({
    data: resolve(cwd, env['THROUGHLINE_DATA'] || '.throughline'),
    host: env['HOST'] || '127.0.0.1',
    port: variables.read('PORT', 4600, 'a port number from 0 to 65535', portNumber),
    company: Object.freeze({
      ...DEFAULT_COMPANY,
      timeZone: variables.read(
        'THROUGHLINE_TIME_ZONE',
        DEFAULT_COMPANY.timeZone,
        'an IANA time zone such as Europe/Lisbon',
        timeZone,
      ),
      currency: variables.read(
        'THROUGHLINE_CURRENCY',
        DEFAULT_COMPANY.currency,
        'an ISO 4217 currency code such as EUR',
        currency,
      ),
    }),
    phoneRegion: variables.read(
      'THROUGHLINE_PHONE_REGION',
      'US',
      `one of ${PHONE_REGION_NAMES.join(', ')}`,
      oneOf(PHONE_REGION_NAMES),
    ),
    logLevel: variables.read<LogLevel>('LOG_LEVEL', 'info', `one of ${LOG_LEVELS.join(', ')}`, oneOf(LOG_LEVELS)),
    givenKey: () => key,
  });
  variables.end();
  return settings;
}

function portNumber(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function timeZone(text: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function currency(text: string): string | undefined {
  return Intl.supportedValuesOf('currency').includes(text) ? text : undefined;
}

function oneOf<T extends string>(known: readonly T[]): (text: string) => T | undefined {
  return (text) => known.find((value) => value === text);
}

/** Hex where it can be hex, else base64 (the URL alphabet too); undefined when it is neither, or too short to be a secret. */
export function keyBytes(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  const isHex = /^([0-9a-f]{2})+$/i.test(trimmed);
  if (!isHex && !/^[\w+/-]+={0,2}$/.test(trimmed)) return undefined;
  const bytes = Buffer.from(trimmed, isHex ? 'hex' : 'base64');
  return bytes.length >= 32 ? new Uint8Array(bytes) : undefined;
}
