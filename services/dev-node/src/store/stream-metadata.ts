/** What a stream's metadata says about which of its events are shown. The rest of it (acl, cache control…) is kept, not acted on. */

/** The `$tb` of a stream that was deleted and may begin again. As a double: EventStoreDB writes 2^63 − 1. */
const DELETED = 2 ** 63;
const DELETED_TEXT = '9223372036854775807';

export interface StreamMetadata {
  /** The revision of the newest metadata, -1 for none. */
  readonly revision: number;
  /** As it was written. */
  readonly raw: Uint8Array;
  readonly truncateBefore: number;
  readonly maxCount: number;
  /** Milliseconds. */
  readonly maxAge: number;
}

export const NO_METADATA: StreamMetadata = {
  revision: -1,
  raw: new Uint8Array(0),
  truncateBefore: 0,
  maxCount: Number.POSITIVE_INFINITY,
  maxAge: Number.POSITIVE_INFINITY,
};

/** Of metadata streams only the newest event is shown. */
export const METADATA_OF_METADATA: StreamMetadata = { ...NO_METADATA, maxCount: 1 };

export const isMetadataStream = (stream: string): boolean => stream.startsWith('$$');
export const metadataStreamOf = (stream: string): string => `$$${stream}`;
export const streamOfMetadata = (metadataStream: string): string => metadataStream.slice(2);

/** Metadata that is no JSON object limits nothing. */
export function readMetadata(revision: number, raw: Uint8Array): StreamMetadata {
  const fields = parsed(raw);
  const number = (name: string, otherwise: number) => {
    const value = fields[name];
    return typeof value === 'number' && value >= 0 ? value : otherwise;
  };
  return {
    revision,
    raw,
    truncateBefore: number('$tb', NO_METADATA.truncateBefore),
    maxCount: number('$maxCount', NO_METADATA.maxCount),
    maxAge: 1000 * number('$maxAge', NO_METADATA.maxAge),
  };
}

/** Whether the stream was deleted and has not begun again. */
export function isDeleted({ truncateBefore }: StreamMetadata): boolean {
  return truncateBefore >= DELETED;
}

/** The metadata that deletes a stream. */
export function deletedMetadata(): Uint8Array {
  return Buffer.from(`{"$tb":${DELETED_TEXT}}`);
}

/** The same metadata for a stream that begins again at a revision. */
export function metadataFrom(metadata: StreamMetadata, truncateBefore: number): Uint8Array {
  return Buffer.from(JSON.stringify({ ...parsed(metadata.raw), $tb: truncateBefore }));
}

function parsed(raw: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(raw).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
