import { problemCode } from '@throughline/contracts';

export interface DescribedError {
  readonly name: string;
  /** Only of errors out of the catalogue: their messages name what and where, by contract, and nothing personal. */
  readonly message?: string;
  readonly code?: string | number;
  /** Where it was thrown, without the message that a stack begins with. */
  readonly at: readonly string[];
  readonly cause?: DescribedError;
}

/** What of an error may be logged. */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    ...(problemCode(error) || error.name === 'SettingsError' ? { message: error.message } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    at: (error.stack ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('at '))
      .slice(0, 12),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}
