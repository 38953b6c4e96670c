import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isUtf8 } from 'node:buffer';
import { ThroughlineError } from '@throughline/contracts';
import type { FastifyInstance } from 'fastify';
import type { Hold } from './byte-budget.ts';
import { jsonFault } from './json-text.ts';

/** Hands every body over as the raw stream it is: who reads it decides what it is, how large it may be, and what it decodes to. */
export function rawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  // A type that is no media type at all would be refused before any parser saw it.
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.headers['content-type'] !== undefined) request.headers['content-type'] = 'application/octet-stream';
    done();
  });
}

export interface BodyLimits {
  /** Bytes as sent. */
  readonly maxCompressed: number;
  /** Bytes after inflation. */
  readonly maxInflated: number;
  /** The request's `Content-Encoding`. */
  readonly encoding?: string | undefined;
  /** Where the bytes are counted against what the process can hold; released by whoever made it. */
  readonly hold?: Hold | undefined;
}

/** Deflate can't do better: a bound on what compressed bytes may become. */
const MOST_INFLATION = 1032;
const inflate = promisify(gunzip);

/**
 * A request's whole body, inflated where it is gzip. The bytes themselves tell: a proxy may have inflated them and left the
 * header, a sender may have forgotten it.
 *
 * @param stream What `rawBodies` made of the body; absent for a request without one.
 * @throws ThroughlineError `too-large`, `too-busy`, or `unreadable-body` when it broke off, is damaged, or is encoded otherwise.
 */
export async function readBody(stream: Readable | null | undefined, limits: BodyLimits): Promise<Buffer> {
  const sent = await collect(stream, limits);
  if (sent[0] === 0x1f && sent[1] === 0x8b) return await inflated(sent, limits);
  const encoding = limits.encoding?.trim().toLowerCase() ?? '';
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding)) {
    throw new ThroughlineError('unreadable-body', 'Of content encodings only gzip is understood.');
  }
  if (sent.length > limits.maxInflated) throw tooLarge(limits.maxInflated);
  return sent;
}

/**
 * A body that is one JSON value.
 *
 * @throws ThroughlineError as `readBody` does, and `unreadable-body` with the place where it is no JSON.
 */
export async function readJson(
  stream: Readable | null | undefined,
  limits: Partial<BodyLimits> = {},
): Promise<unknown> {
  const bytes = await readBody(stream, { maxCompressed: SMALL, maxInflated: SMALL, ...limits });
  if (!isUtf8(bytes)) throw new ThroughlineError('unreadable-body', 'It is not UTF-8.');
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ThroughlineError('unreadable-body', jsonFault(text));
  }
}

/** What a request of a person's or a program's own making comes to at most. */
const SMALL = 1 << 20;

async function collect(stream: Readable | null | undefined, { maxCompressed, hold }: BodyLimits): Promise<Buffer> {
  if (!stream) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Destroying the stream would close the connection, and with it the way for the answer.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > maxCompressed) throw tooLarge(maxCompressed);
      hold?.take((chunk as Buffer).length);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof ThroughlineError) {
      // Unread, the connection would stay open for ever; what still comes is dropped as it comes.
      stream.resume();
      throw error;
    }
    throw new ThroughlineError('unreadable-body', 'It broke off.');
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

async function inflated(sent: Buffer, { maxInflated, hold }: BodyLimits): Promise<Buffer> {
  const most = Math.min(maxInflated, sent.length * MOST_INFLATION);
  hold?.take(most);
  try {
    const bytes = await inflate(sent, { maxOutputLength: maxInflated });
    hold?.give(most - bytes.length);
    return bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxInflated);
    throw new ThroughlineError('unreadable-body', 'Its gzip stream is damaged or cut off.');
  }
}

function tooLarge(most: number): ThroughlineError {
  return new ThroughlineError('too-large', `At most ${most} bytes.`);
}
