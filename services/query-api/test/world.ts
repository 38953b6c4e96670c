import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_COMPANY,
  projectionStream,
  buildOf,
  keyOf,
  touchpointId,
  touchpointStream,
  versionOf,
  type Cell,
  type Documents,
  type IdentityGraph,
  type Key,
  type Position,
  type JsonObject,
  type ProjectionDefinition,
  type Tally,
  type Touchpoint,
  type VersionEventType,
} from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import {
  CellSums,
  EmbeddedViewStore,
  openVersionShelfAt,
  openViewReader,
  versionAlong,
  type CurrentViewReader,
  type Parked,
  type VersionShelf,
} from '@throughline/read-model';
import { createHttpApp, createLogger, createMetrics, Health, readSettings } from '@throughline/runtime';
import { CUSTOMER_PROJECTIONS } from '../src/definitions.ts';
import { QueryApiModule } from '../src/index.ts';
import { VIEW_NAMES, type ViewName } from '../src/views.ts';
import { shippedIdentity } from './shipped-identity.ts';

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
  /** The views of which questions have pinned a version, one for each time. */
  readonly pins: ViewName[];
  readonly shelves: Readonly<Record<ViewName, VersionShelf>>;
  /** Folds everything into another version, beside those there are. Its name. */
  build(name: ViewName, documents: Documents, more?: { nth?: number; rules?: number }): Promise<string>;
  /** Gives readers a version from here on. */
  promote(name: ViewName, version: string): Promise<void>;
  /** Has the version that readers were given first park these. */
  park(name: ViewName, parked: readonly Parked[]): Promise<void>;
  /** Puts an event onto a projection's control stream. Its id. */
  tell(name: ViewName | 'identity', type: VersionEventType, data: JsonObject): string;
  /** Lets the views come to a position, from which on identity has decided something at `lastDecision`. */
  come(progress: { identity?: Position; lastDecision?: Position }): void;
  close(): Promise<void>;
}

const DAY = 20_600;
const positionOf = (i: number) => (i + 1).toString(16).padStart(16, '0') as Position;

/** The query service over real views, folded from what happened, and over a log that holds just that. Unless told, the views tallied nothing. */
export async function worldWhere(
  happened: readonly Happened[],
  customers: readonly (readonly Key[])[],
  reached: { readonly tally?: Tally; readonly position?: Position } = {},
): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'throughline-query-'));
  const events = happened.map(recorded);
  const end = positionOf(events.length - 1);
  const closing: { close(): Promise<void> }[] = [];
  const readers: Partial<Record<ViewName, CurrentViewReader>> = {};
  const shelves: Partial<Record<ViewName, VersionShelf>> = {};
  const shipped: Partial<Record<ViewName, string>> = {};
  const stores = new Map<string, EmbeddedViewStore>();
  const build: World['build'] = async (projection, documents, { nth = 1, rules = 1 } = {}) => {
    const definition = CUSTOMER_PROJECTIONS[projection](DEFAULT_COMPANY, documents) as ProjectionDefinition<
      unknown,
      unknown
    >;
    const version = versionAlong(buildOf(versionOf(definition), nth), rules);
    const store = new EmbeddedViewStore({ dir, projection, version, documents });
    closing.push(store);
    stores.set(`${projection} ${version}`, store);
    const { checkpoint, ...changes } = folded(definition, events, customers, end);
    await store.commit({ ...changes, checkpoint: { ...checkpoint, ...reached } });
    return version;
  };
  for (const name of VIEW_NAMES) {
    shipped[name] = await build(name, {});
    readers[name] = openViewReader({ dir, projection: name });
    shelves[name] = await openVersionShelfAt({ engine: 'embedded', dir }, name);
    closing.unshift(readers[name], shelves[name]);
  }
  const control: RecordedEvent[] = [];
  const pins: ViewName[] = [];

  const identity = { through: end, lastDecision: '' as Position };
  const graph = shippedIdentity({
    progress: async () => ({ ...identity }),
    ask: async (question) => question({} as IdentityGraph),
    close: async () => {},
  });
  const settings = readSettings({ THROUGHLINE_DATA: dir, LOG_LEVEL: 'silent' });
  const app = await createHttpApp(
    QueryApiModule.forRoot({
      log: logOf(events, control),
      views: Object.fromEntries(
        VIEW_NAMES.map((name) => [name, onlyPinned(readers[name]!, () => pins.push(name))]),
      ) as Record<ViewName, CurrentViewReader>,
      shelves: shelves as Record<ViewName, VersionShelf>,
      identity: graph,
      secret: SECRET_KEY,
    }),
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
    pins,
    shelves: shelves as Record<ViewName, VersionShelf>,
    build,
    promote: (name, version) => stores.get(`${name} ${version}`)!.promote(),
    async park(name, parked) {
      const store = stores.get(`${name} ${shipped[name]}`)!;
      const checkpoint = await store.checkpoint();
      await store.commit({ checkpoint, settled: true, parked: new Map(parked.map((entry) => [entry.id, entry])) });
    },
    tell(name, type, data) {
      const stream = projectionStream(name);
      const id = `00000000-0000-4000-8000-${String(control.length).padStart(12, '0')}`;
      const recordedAt = Date.parse('2026-06-01T00:00:00Z') + 1_000 * control.length;
      control.push({ id, type, data, stream, recordedAt, position: end } as unknown as RecordedEvent);
      return id;
    },
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

/** A reader that tells which version is current, and how far that is, and nothing else: whatever is read otherwise could be of two versions. */
function onlyPinned(reader: CurrentViewReader, onPin: () => void): Pick<CurrentViewReader, 'pinned' | 'progress'> {
  return {
    pinned() {
      onPin();
      return reader.pinned();
    },
    progress: () => reader.progress(),
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

function logOf(events: readonly RecordedEvent[], control: readonly RecordedEvent[]): LogReader {
  return {
    async *read({ after }: { after: Position }) {
      yield { events: events.filter((event) => event.position > after), through: events.at(-1)!.position };
    },
    async *readStream(stream: string, { from = 0, backwards = false } = {}) {
      const own = [...events, ...control].filter((event) => event.stream === stream).slice(from);
      yield* backwards ? own.reverse() : own;
    },
    head: async () => events.at(-1)!.position,
    find: async (ids: readonly string[]) => ids.map((id) => events.find((event) => event.id === id)),
    at: async (positions: readonly Position[]) => events.filter(({ position }) => positions.includes(position)),
  } as unknown as LogReader;
}
