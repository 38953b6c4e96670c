import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  keyOf,
  normalise,
  START,
  subjectOf,
  touchpointStream,
  type Key,
  type RequestType,
  type TouchpointData,
} from '@throughline/contracts';
import { openShownIdentity } from '@throughline/engines';
import { openLog, type EmbeddedLog } from '@throughline/event-log';
import { DEFAULT_RULES, Resolver, Rules, WorkingGraph } from '@throughline/identity';
import { EmbeddedViewStore, openIdentityStore, openViewsAt, type IdentityStore } from '@throughline/read-model';
import { createHttpApp, createLogger, createMetrics, Health, readSettings } from '@throughline/runtime';
import { CommandApiModule } from '../src/index.ts';

export interface Answer {
  readonly status: number;
  /** Whatever the test expects it to be. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export const SECRET = new Uint8Array(Buffer.from('command api test secret 32 bytes'));

export function key(type: string, value: string): Key {
  const normalised = normalise(type, value, 'US');
  if (!normalised.ok) throw new Error(normalised.reason);
  return { type, key: keyOf(SECRET, { type, value: normalised.value }) };
}

/** A steward's desk: command-api over a real log and a real graph, and identity at the touch of a button. */
export interface Desk {
  readonly log: EmbeddedLog;
  readonly store: IdentityStore;
  /** The version of cem that readers are given: empty, but for what a test writes into it. */
  readonly cem: EmbeddedViewStore;
  touch(keys: readonly Key[]): Promise<void>;
  /** Lets identity decide on everything that is in the log. */
  decide(): Promise<void>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  const dir = mkdtempSync(join(tmpdir(), 'command-api-'));
  const log = await openLog({ dir: join(dir, 'log') });
  const store = openIdentityStore({ dir: join(dir, 'identity') });
  const cem = new EmbeddedViewStore({ dir, projection: 'cem', version: '0'.repeat(16) });
  const { views, close: closeViews } = await openViewsAt({ engine: 'embedded', dir }, ['crm', 'cem', 'balance']);
  const plumbing = {
    settings: readSettings({}),
    logger: createLogger('silent'),
    metrics: createMetrics(),
    health: new Health(),
  };
  const identity = await openShownIdentity({ log, views: { engine: 'embedded', dir }, dir: join(dir, 'identity') });
  const app = await createHttpApp(CommandApiModule.forRoot({ log, secret: SECRET, identity, views }), plumbing);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const rules = new Rules(DEFAULT_RULES, (identifier) => keyOf(SECRET, identifier));
  let touches = 0;

  return {
    log,
    store,
    cem,
    async touch(keys) {
      const stream = touchpointStream(keys[0]!.key);
      const [expectedRevision] = await log.revisions([stream]);
      const id = `00000000-0000-4000-8000-${String((touches += 1)).padStart(12, '0')}`;
      const data = { keys: keys.map((each) => ({ ...each })), facts: {} };
      await log.append([
        {
          stream,
          expectedRevision: expectedRevision!,
          events: [{ id, type: 'page.viewed', occurredAt: touches, data, metadata: {} }],
        },
      ]);
    },
    async decide() {
      const { through } = await store.progress();
      const graph = new WorkingGraph(store.graph);
      const resolver = new Resolver(graph, rules);
      let last = through;
      for await (const batch of log.read({ after: through || START })) {
        for (const event of batch.events) {
          const { id, type, occurredAt, data } = event;
          if (subjectOf(event.stream) === undefined) resolver.request(event, type as RequestType, occurredAt, data);
          else resolver.observe(event, { id, occurredAt, keys: (data as unknown as TouchpointData).keys });
        }
        last = batch.through;
      }
      await store.commit(graph.changes(), {
        through: last,
        lastDecision: START,
        revision: -1,
        rules: rules.fingerprint,
      });
    },
    async post(url, body, headers = {}) {
      const payload = typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await app.inject({ method: 'POST', url, payload, headers });
      return { status: answer.statusCode, body: answer.json() };
    },
    async get(url) {
      const answer = await app.inject({ method: 'GET', url });
      return { status: answer.statusCode, body: answer.json() };
    },
    async close() {
      await app.close();
      await closeViews();
      await cem.close();
      await store.close();
      await log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
