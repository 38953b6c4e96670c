/**
 * Bytes to text. Everything that splits a file looks for ASCII bytes only, so the bytes of every encoding in which ASCII
 * stands for itself travel as Latin-1 strings, one character a byte, and are decoded field by field: nothing is lost, the raw bytes
 * of a bad row are at hand, and a plain ASCII field costs nothing. Other encodings are turned into UTF-8 first.
 */
import iconv from 'iconv-lite';

export interface Decoder {
  /** The bytes as they are to be split. */
  readonly chunks: AsyncIterable<Buffer>;
  /** A byte string's text; undefined when its bytes are not valid in the encoding. */
  decode(bytes: string): string | undefined;
}

const ASCII_SUPERSET =
  /^(utf8|utf-8|us-ascii|ascii|latin-?1|iso-?8859-?\d+|(windows|win|cp)-?125\d|cp(437|85\d|86\d)|koi8-?[ru]|macintosh)$/i;
const BOMS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];
const NON_ASCII = /[\x80-\xff]/;
const LONGEST_BOM = 3;

export const encodingExists = (name: string): boolean => iconv.encodingExists(name);

/** Reads `source` as `encoding`, unless a byte-order mark at its start says otherwise; the mark is left out. */
export async function decoder(source: AsyncIterable<Buffer>, encoding: string): Promise<Decoder> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let done = false;
  while (head.length < LONGEST_BOM && !done) {
    const next = await chunks.next();
    if (next.done) done = true;
    else head = Buffer.concat([head, next.value]);
  }
  const bom = BOMS.find(([, bytes]) => head.subarray(0, bytes.length).equals(bytes));
  const name = bom?.[0] ?? encoding;
  const bytes = rest(head.subarray(bom?.[1].length ?? 0), chunks);
  return ASCII_SUPERSET.test(name)
    ? { chunks: bytes, decode: byteDecoder(name) }
    : { chunks: transcoded(bytes, name), decode: utf8Strict };
}

async function* rest(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

async function* transcoded(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const stream = iconv.getDecoder(encoding);
  for await (const chunk of bytes) yield Buffer.from(stream.write(chunk));
  yield Buffer.from(stream.end() ?? '');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Valid(bytes: string): string | undefined {
  if (!NON_ASCII.test(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

/** After transcoding, what could not be read stands as U+FFFD. */
function utf8Strict(bytes: string): string | undefined {
  const text = utf8Valid(bytes);
  return text?.includes('\ufffd') ? undefined : text;
}

function byteDecoder(encoding: string): (bytes: string) => string | undefined {
  if (/^utf-?8$/i.test(encoding)) return utf8Valid;
  return (bytes) => {
    if (!NON_ASCII.test(bytes)) return bytes;
    const text = iconv.decode(Buffer.from(bytes, 'latin1'), encoding);
    return text.includes('\ufffd') ? undefined : text;
  };
}
