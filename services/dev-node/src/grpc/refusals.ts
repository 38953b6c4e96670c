/** What a call that fails is told: status and trailers as EventStoreDB sends them and its clients read them. */
import { Metadata, status } from '@grpc/grpc-js';
import { problemCode, type ThroughlineError } from '@throughline/contracts';
import type { Expected } from '../store/admission.ts';

/** EventStoreDB's own default. */
export const MAX_APPEND_BYTES = 1024 * 1024;

/** How a call ends that is refused; what grpc-js makes a status of. */
export class Refusal extends Error {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: status, details: string, trailers: Readonly<Record<string, string>> = {}) {
    super(details);
    this.code = code;
    this.details = details;
    this.metadata = new Metadata();
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, printable(value));
  }
}

/** The refusal that any error comes to. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  switch (problemCode(error)) {
    case 'invalid-request':
      return invalidArgument((error as ThroughlineError).message);
    case undefined:
      return new Refusal(status.INTERNAL, `The development node failed: ${String(error)}`);
    default:
      return unavailable((error as ThroughlineError).message);
  }
}

export function streamDeleted(stream: string): Refusal {
  return new Refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}

export function wrongExpectedVersion(stream: string, expected: Expected, actual: number): Refusal {
  return new Refusal(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${versionOf(expected)}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': versionOf(expected),
      // Empty for a stream that is not there.
      'actual-version': actual < 0 ? '' : String(actual),
    },
  );
}

export function tooLarge(): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_BYTES} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(MAX_APPEND_BYTES),
  });
}

export function missingMetadata(...properties: string[]): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, `Required Metadata Property '${properties.join(', ')}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': properties.join(','),
  });
}

export function invalidArgument(details: string): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, details);
}

export function tooLate(): Refusal {
  return new Refusal(status.DEADLINE_EXCEEDED, 'The deadline had passed before the node came to it.');
}

/** Whether the call took effect is unknown. */
export function unavailable(details: string): Refusal {
  return new Refusal(status.UNAVAILABLE, details);
}

export function unimplemented(what: string): Refusal {
  return new Refusal(status.UNIMPLEMENTED, `The development node has no ${what}. Run EventStoreDB for it.`);
}

/** EventStoreDB's numbers for what is no revision. */
function versionOf(expected: Expected): string {
  switch (expected) {
    case 'no_stream':
      return '-1';
    case 'any':
      return '-2';
    case 'stream_exists':
      return '-4';
    default:
      return String(expected);
  }
}

/** A trailer holds printable ASCII only; other names are shown percent-encoded. */
function printable(value: string): string {
  return /^[ -~]*$/.test(value) ? value : encodeURIComponent(value);
}
