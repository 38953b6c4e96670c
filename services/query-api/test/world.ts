import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_COMPANY,
  keyOf,
  touchpointId,
  touchpointStream,
  type Cell,
  type IdentityGraph,
  type Key,
  type Position,
  type ProjectionDefinition,
  type Touchpoint,
} from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { CellSums, EmbeddedViewStore, openViewReader, type IdentityReader } from '@throughline/read-model';
import { createHttpApp, createLogger, createMetrics, Health, readSettings } from '@throughline/runtime';
import { definitionsOf } from '../src/definitions.ts';
import { QueryApiModule, type Views } from '../src/index.ts';
import { VIEW_NAMES, type ViewName } from '../src/views.ts';

export const SECRET_KEY = new Uint8Array(32).fill(7);
export const email = (value: string): Key => ({ type: 'email', key: keyOf(SECRET_KEY, { type: 'email', value }) });

/** Something that happened: to whom, what, when, and how. */
export interface Happened {
  readonly to: Key;
  readonly type: string;
  readonly at: string;
  readonly facts?: Record<string, unknown>;
  readonly channel?: string;
  readonly text?: string;
}

/** What an answer holds: tests look into it as they like. */
export type Body = ReturnType<typeof JSON.parse>;

export interface World {
  readonly app: Awaited<ReturnType<typeof createHttpApp>>;
  readonly end: Position;
  get(path: string): Promise<{ status: number; type: string; body: Body }>;
  /** Lets the views come to a position, from which on identity has decided something at `lastDecision`. */
  come(progress: { identity?: Position; lastDecision?: Position }): void;
  close(): Promise<void>;
}

const DAY = 20_600;
const positionOf = (i: number) => (i + 1).toString(16).padStart(16, '0') as Position;

/** The query service over real views, folded from what happened, and over a log that holds just that. */
export async function worldWhere(
  happened: readonly Happened[],
  customers: readonly (readonly Key[])[],
): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'throughline-query-'));
  const events = happened.map(recorded);
  const end = positionOf(events.length - 1);
  const definitions = definitionsOf(DEFAULT_COMPANY);
  const closing: { close(): Promise<void> }[] = [];
  const readers: Partial<Record<ViewName, Views[ViewName]>> = {};
  for (const name of VIEW_NAMES) {
    const store = new EmbeddedViewStore({ dir, projection: name, version: '0123456789abcdef' });
    await store.commit(folded(definitions[name] as ProjectionDefinition<unknown, unknown>, events, customers, end));
    const reader = openViewReader({ dir, projection: name });
    closing.push(reader, store);
    readers[name] = reader;
  }

  const identity = { through: end, lastDecision: '' as Position };
  const graph: IdentityReader = {
    progress: async () => ({ ...identity }),
    ask: async (question) => question({} as IdentityGraph),
    close: async () => {},
  };
  const settings = readSettings({ THROUGHLINE_DATA: dir, LOG_LEVEL: 'silent' });
  const app = await createHttpApp(
    QueryApiModule.forRoot({ log: logOf(events), views: readers as Views, identity: graph, secret: SECRET_KEY }),
    {
      settings,
      logger: createLogger('silent'),
      metrics: createMetrics(),
      health: new Health(),
    },
  );
  await app.init();
  return {
    app,
    end,
    async get(path) {
      const answer = await app.inject({ method: 'GET', url: path });
      return { status: answer.statusCode, type: String(answer.headers['content-type']), body: answer.json() };
    },
    come({ identity: through, lastDecision }) {
      if (through !== undefined) identity.through = through;
      if (lastDecision !== undefined) identity.lastDecision = lastDecision;
    },
    async close() {
      await app.close();
      for (const part of closing) await part.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function recorded({ to, type, at, facts = {}, channel, text }: Happened, i: number): RecordedEvent & Touchpoint {
  return {
    position: positionOf(i),
    stream: touchpointStream(to.key),
    revision: i,
    id: touchpointId('test', String(i)),
    type,
    occurredAt: Date.parse(at),
    recordedAt: Date.parse('2026-05-01T00:00:00Z') + i,
    data: { keys: [to], facts, ...(channel ? { channel } : {}) },
    personal: text ? { text } : undefined,
    metadata: { source: 'test', sourceId: String(i), receivedAt: '2026-05-01T00:00:00Z', schema: 1 },
  } as unknown as RecordedEvent & Touchpoint;
}

function folded(
  definition: ProjectionDefinition<unknown, unknown>,
  events: readonly (RecordedEvent & Touchpoint)[],
  customers: readonly (readonly Key[])[],
  end: Position,
) {
  const { empty, apply, merge } = definition.fragment;
  const subjects = new Map<string, { type: string; fragment: unknown }>();
  const cells = new CellSums();
  for (const event of events) {
    const { key, type } = event.data.keys[0]!;
    subjects.set(key, { type, fragment: apply(subjects.get(key)?.fragment ?? empty(), event) });
    cells.add(definition.eventCells(event));
  }
  const contributions = new Map(
    customers.map((keys) => {
      const customer = keys[0]!.key;
      const fragments = keys.flatMap(({ key }) => (subjects.has(key) ? [subjects.get(key)!.fragment] : []));
      const view = definition.view(fragments.reduce(merge, empty()), DAY);
      return [
        customer,
        { customer, cells: definition.customerCells(view), indexes: definition.indexes(view), nextChange: undefined },
      ];
    }),
  );
  const merged = customers.filter((keys) => keys.length > 1);
  return {
    checkpoint: { position: end, day: DAY, ticked: true },
    settled: true,
    subjects,
    cells: cells as Iterable<Cell>,
    standing: new Map(merged.flatMap((keys) => keys.map(({ key }) => [key, keys[0]!.key]))),
    members: new Map(merged.map((keys) => [keys[0]!.key, keys])),
    contributions,
  };
}

function logOf(events: readonly RecordedEvent[]): LogReader {
  return {
    async *read({ after }: { after: Position }) {
      yield { events: events.filter((event) => event.position > after), through: events.at(-1)!.position };
    },
    async *readStream(stream: string) {
      yield* events.filter((event) => event.stream === stream).reverse();
    },
    head: async () => events.at(-1)!.position,
  } as unknown as LogReader;
}
