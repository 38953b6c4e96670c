import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_COMPANY,
  dayOf,
  IDENTITY_REQUESTS,
  identityStream,
  keyOf,
  NAMESPACE,
  RETRACTED,
  START,
  subjectOf,
  touchpointId,
  touchpointStream,
  uuidv5,
  type Company,
  type Day,
  type Evidence,
  type IdentityGraph,
  type JsonObject,
  type Key,
  type Position,
  type ProjectionDefinition,
  type RequestType,
  type Touchpoint,
  type TouchpointData,
} from '@throughline/contracts';
import { openLog, type EmbeddedLog, type RecordedEvent } from '@throughline/event-log';
import { DEFAULT_RULES, Resolver, Rules, WorkingGraph, type DecisionEvent } from '@throughline/identity';
import { createHttpApp, createLogger, createMetrics, Health, readSettings } from '@throughline/runtime';
import { CUSTOMER_PROJECTIONS } from '../src/definitions.ts';
import { QueryApiModule } from '../src/index.ts';
import { VIEW_NAMES, type CurrentViews, type Shelves } from '../src/views.ts';
import { shippedIdentity } from './shipped-identity.ts';
import type { Body } from './world.ts';

export const SECRET_KEY = new Uint8Array(32).fill(7);
export const key = (type: string, value: string): Key => ({ type, key: keyOf(SECRET_KEY, { type, value }) });
export const COMPANY: Company = { ...DEFAULT_COMPANY, timeZone: 'America/New_York' };

/** A touchpoint, a retraction or a request, as a test writes it. */
export interface Written {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  readonly occurredAt: number;
  readonly data: JsonObject;
}

/** Identity over what it is shown, in memory: no step depends on anything else. */
class Deciding {
  readonly graph = new WorkingGraph(NOTHING);
  readonly #resolver = new Resolver(
    this.graph,
    new Rules(DEFAULT_RULES, (identifier) => keyOf(SECRET_KEY, identifier)),
  );
  readonly #seen: RecordedEvent[] = [];

  on(event: RecordedEvent): readonly DecisionEvent[] {
    const subject = subjectOf(event.stream);
    if (subject === undefined) {
      return this.#resolver.request(event, event.type as RequestType, event.occurredAt, event.data);
    }
    if (event.type === RETRACTED) {
      const id = idOfRetracted(event);
      const keys = keysOf(this.#seen.find((seen) => seen.id === id));
      return this.#resolver.retract(event, { subject, id, keys }, (a, b) => this.#next(id, a, b));
    }
    this.#seen.push(event);
    return this.#resolver.observe(event, { id: event.id, occurredAt: event.occurredAt, keys: keysOf(event) });
  }

  /** The least evidence for a link, but for the retracted. */
  #next(retracted: string, a: string, b: string): Evidence | undefined {
    return this.#seen
      .filter((seen) => seen.id !== retracted && !this.graph.retracted(subjectOf(seen.stream)! + seen.id))
      .filter((seen) => {
        const [home, ...others] = keysOf(seen).map((seenKey) => seenKey.key);
        return others.some((other) => (home === a && other === b) || (home === b && other === a));
      })
      .map(({ occurredAt, id }) => ({ at: occurredAt, id }))
      .sort((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1))[0];
  }
}

const NOTHING: IdentityGraph = {
  key: () => undefined,
  edge: () => undefined,
  neighbours: () => [],
  customer: () => undefined,
  members: () => [],
  request: () => undefined,
  retracted: () => false,
};

const keysOf = (event: RecordedEvent | undefined) =>
  ((event?.data as unknown as TouchpointData | undefined)?.keys ?? []) as Key[];
const idOfRetracted = ({ data }: RecordedEvent) => (data as { facts: { touchpointId: string } }).facts.touchpointId;

/** The query service over a real log with a clock of its own, to which identity answers at once. */
export class PastWorld {
  readonly log: EmbeddedLog;
  readonly #dir: string;
  readonly #app: Awaited<ReturnType<typeof createHttpApp>>;
  readonly #deciding: Deciding;
  readonly #progress: { through: Position; lastDecision: Position };
  readonly #setClock: (ms: number) => void;
  /** Positions that were read from the stream of decisions. */
  readonly reads: { decisions: number };

  private constructor(parts: {
    log: EmbeddedLog;
    dir: string;
    app: PastWorld['app'];
    deciding: Deciding;
    progress: { through: Position; lastDecision: Position };
    setClock: (ms: number) => void;
    reads: { decisions: number };
  }) {
    this.log = parts.log;
    this.#dir = parts.dir;
    this.#app = parts.app;
    this.#deciding = parts.deciding;
    this.#progress = parts.progress;
    this.#setClock = parts.setClock;
    this.reads = parts.reads;
  }

  get app(): Awaited<ReturnType<typeof createHttpApp>> {
    return this.#app;
  }

  /** @param setClock Sets what `Date.now` says: the log's clock, and that of who asks. */
  static async open(setClock: (ms: number) => void): Promise<PastWorld> {
    const dir = mkdtempSync(join(tmpdir(), 'throughline-past-'));
    const log = await openLog({ dir });
    const deciding = new Deciding();
    const progress = { through: START, lastDecision: START };
    const identity = shippedIdentity({
      progress: async () => ({ ...progress }),
      ask: async (question) => question(deciding.graph),
      close: async () => {},
    });
    const reads = { decisions: 0 };
    const counted = {
      ...log,
      async *readStream(stream: string, options?: Parameters<EmbeddedLog['readStream']>[1]) {
        for await (const event of log.readStream(stream, options)) {
          if (stream === DECISIONS) reads.decisions++;
          yield event;
        }
      },
    };
    const settings = { ...readSettings({ THROUGHLINE_DATA: dir, LOG_LEVEL: 'silent' }), company: COMPANY };
    const app = await createHttpApp(
      QueryApiModule.forRoot({
        log: counted,
        views: {} as CurrentViews,
        shelves: {} as Shelves,
        identity,
        secret: SECRET_KEY,
      }),
      { settings, logger: createLogger('silent'), metrics: createMetrics(), health: new Health() },
    );
    await app.init();
    return new PastWorld({ log, dir, app, deciding, progress, setClock, reads });
  }

  /** What type a key is of, by all that was ever seen of it. */
  typeOf(subject: string): string {
    return this.#deciding.graph.key(subject)?.type ?? 'unknown';
  }

  /** Records something at a time, and lets identity decide on it. */
  async write(recordedAt: number, { stream, ...event }: Written): Promise<RecordedEvent> {
    const recorded = await this.#append(recordedAt, stream, event);
    if (stream !== IDENTITY_REQUESTS && subjectOf(stream) === undefined) return recorded;
    for (const decision of this.#deciding.on(recorded)) {
      // A decision follows its cause at once, but it does follow it.
      this.#progress.lastDecision = (await this.#append(recordedAt + 1, DECISIONS, decision)).position;
    }
    this.#progress.through = recorded.position;
    return recorded;
  }

  /** Records something that identity has not come to yet. */
  async record(recordedAt: number, { stream, ...event }: Written): Promise<RecordedEvent> {
    return await this.#append(recordedAt, stream, event);
  }

  async #append(
    recordedAt: number,
    stream: string,
    event: Omit<Written, 'stream'> | DecisionEvent,
  ): Promise<RecordedEvent> {
    this.#setClock(recordedAt);
    const { id, type, occurredAt, data } = event;
    const [expectedRevision] = await this.log.revisions([stream]);
    const metadata = { source: 'test', sourceId: id, receivedAt: '2024-01-01T00:00:00Z', schema: 1 };
    const [result] = await this.log.append([
      {
        stream,
        expectedRevision: expectedRevision!,
        events: [{ id, type, occurredAt, data: data as JsonObject, metadata }],
      },
    ]);
    if (!result!.ok) throw new Error(result!.reason);
    return (await this.log.at([result!.position]))[0]!;
  }

  async get(path: string): Promise<{ status: number; body: Body }> {
    const answer = await this.#app.inject({ method: 'GET', url: path });
    return { status: answer.statusCode, body: answer.json() };
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.log.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const DECISIONS = identityStream(1);

export const touched = (
  n: number,
  keys: readonly Key[],
  occurredAt: number,
  type: string,
  facts: JsonObject,
  more: JsonObject = {},
): Written => ({
  stream: touchpointStream(keys[0]!.key),
  id: touchpointId('test', String(n)),
  type,
  occurredAt,
  data: { keys: keys.map((each) => ({ ...each })), facts, ...more },
});

export const retracted = (n: number, { id, stream }: Pick<Written, 'id' | 'stream'>, occurredAt: number): Written => ({
  stream,
  id: touchpointId('test', String(n)),
  type: RETRACTED,
  occurredAt,
  data: { keys: [], facts: { touchpointId: id } },
});

export const requested = (n: number, type: RequestType, data: JsonObject): Written => ({
  stream: IDENTITY_REQUESTS,
  id: uuidv5(NAMESPACE.request, String(n)),
  type,
  occurredAt: 0,
  data: { author: 'ada', reason: 'a test', ...data },
});

/**
 * What there is to say of an id by a log that holds these events and no other, told the long way round: everybody's history is played from
 * its beginning, every subject is folded by itself, and of the customer's all are merged.
 */
export function toldBy(
  events: readonly RecordedEvent[],
  id: string,
  { counts, day }: { counts: (occurredAt: number) => boolean; day: Day },
): { id: string; keys: readonly string[]; crm: object; cem: object; balance: object } | undefined {
  const deciding = new Deciding();
  for (const event of events) deciding.on(event);
  const standsWith = (subject: string) => deciding.graph.key(subject)?.customer ?? subject;
  const counting = countingBySubject(events);
  const keysOfCustomer = (customer: string) =>
    [...new Set([...deciding.graph.members(customer), customer])].filter((subject) => standsWith(subject) === customer);
  const known = [id, standsWith(id)].find((customer) =>
    keysOfCustomer(customer).some((subject) => counting.has(subject)),
  );
  if (known === undefined) return undefined;
  const keys = keysOfCustomer(known).sort();
  const views = VIEW_NAMES.map((name) => {
    const { fragment, view } = CUSTOMER_PROJECTIONS[name](COMPANY) as unknown as ProjectionDefinition<unknown, object>;
    const parts = keys.map((subject) =>
      (counting.get(subject) ?? [])
        .filter(({ occurredAt }) => counts(occurredAt))
        .reduce((folded, touchpoint) => fragment.apply(folded, touchpoint), fragment.empty()),
    );
    return [
      name,
      view(
        parts.reduce((a, b) => fragment.merge(a, b)),
        day,
      ),
    ] as const;
  });
  return { id: known, keys, ...(Object.fromEntries(views) as { crm: object; cem: object; balance: object }) };
}

/** By the subject that each counts for: moves are followed from home on, in the order of their requests. */
function countingBySubject(events: readonly RecordedEvent[]): ReadonlyMap<string, readonly Touchpoint[]> {
  const gone = new Set(events.filter(({ type }) => type === RETRACTED).map(idOfRetracted));
  const undone = new Set(
    events.filter(({ type }) => type === 'identity.request-undone').map(({ data }) => data['requestId']),
  );
  const moves = events.filter(({ type, id }) => type === 'identity.move-requested' && !undone.has(id));
  const counting = new Map<string, Touchpoint[]>();
  for (const event of events) {
    const home = subjectOf(event.stream);
    if (home === undefined || event.type === RETRACTED || gone.has(event.id)) continue;
    let place = home;
    for (const { data } of moves) {
      const { from, to, touchpoints = [] } = data as unknown as { from: string; to: string; touchpoints?: string[] };
      if (from === place && touchpoints.includes(event.id)) place = to;
    }
    counting.set(place, [...(counting.get(place) ?? []), event as unknown as Touchpoint]);
  }
  return counting;
}

export const toDay = dayOf(COMPANY.timeZone);
