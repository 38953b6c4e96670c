import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START, type TouchpointInput } from '@throughline/contracts';
import { openLog, type EmbeddedLog, type RecordedEvent } from '@throughline/event-log';
import { createHttpApp, createLogger, createMetrics, Health, readSettings } from '@throughline/runtime';
import { IngestionModule } from '../src/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Whatever the test expects it to be. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** Intake with its real log in a folder of its own. */
export interface Intake {
  readonly log: EmbeddedLog;
  /** What is no text or bytes is sent as JSON. */
  send(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  /** All events of the streams whose names begin so. */
  events(prefix: string): Promise<RecordedEvent[]>;
  /** Serves on a port of its own, for what only a real connection can do. */
  listen(): Promise<number>;
  close(): Promise<void>;
}

export const SECRET = new Uint8Array(Buffer.from('ingestion test secret, 32 bytes!'));

export async function startIntake(): Promise<Intake> {
  const dir = mkdtempSync(join(tmpdir(), 'intake-'));
  const log = await openLog({ dir });
  const plumbing = {
    settings: readSettings({}),
    logger: createLogger('silent'),
    metrics: createMetrics(),
    health: new Health(),
  };
  const app = await createHttpApp(IngestionModule.forRoot({ log, secret: SECRET }), plumbing);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();

  const call = async (
    method: 'GET' | 'POST',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const payload =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  return {
    log,
    send: (body, headers) => call('POST', '/touchpoints', body, headers),
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    async events(prefix) {
      const events: RecordedEvent[] = [];
      for await (const batch of log.read({ after: START, prefixes: [prefix] })) events.push(...batch.events);
      return events;
    },
    async listen() {
      await app.listen(0, '127.0.0.1');
      return (app.getHttpServer().address() as AddressInfo).port;
    },
    async close() {
      await app.close();
      await log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

let count = 0;
/** A valid touchpoint of its own, changed as told. */
export function touchpoint(
  change: Partial<TouchpointInput> = {},
  data: Partial<TouchpointInput['data']> = {},
): TouchpointInput {
  const id = `t-${++count}`;
  return {
    id,
    source: 'shop',
    type: 'order.placed',
    time: '2024-05-01T12:00:00Z',
    ...change,
    data: {
      channel: 'web',
      identifiers: [{ type: 'email', value: `person-${count}@example.com` }],
      facts: { orderId: `o-${count}` },
      ...data,
    },
  };
}

export const lines = (items: readonly unknown[]) =>
  items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join('\n');
