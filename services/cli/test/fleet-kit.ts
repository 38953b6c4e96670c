/** All services as processes of their own on real engines of their own, and ways to harm them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import {
  canTest,
  missingDevNode,
  missingKafka,
  missingRedis,
  startDevNode,
  startKafka,
  startRedis,
  type Engine,
} from '../../../infra/engines/index.mjs';
import { startFleet, type Fleet } from '../../../infra/services/fleet.mjs';
import { Served } from './kit.ts';

export const canRunFleet = (suite: string): boolean =>
  canTest(suite, missingDevNode() ?? missingKafka() ?? missingRedis());

/** What a channel system publishes. */
export interface Message {
  readonly key: string;
  readonly value: string;
}

const STARTERS = { eventstore: startDevNode, kafka: startKafka, redis: startRedis };
export type EngineName = keyof typeof STARTERS;

const TOPIC = 'touchpoints';
/** A cold start of nine processes on two busy cores. */
const PATIENCE_MS = 180_000;

export class Apart extends Served {
  readonly folder = mkdtempSync(join(tmpdir(), 'throughline-apart-'));
  readonly #engines = new Map<EngineName, Engine>();
  readonly #said: string[] = [];
  #fleet: Fleet | undefined;

  get url(): string {
    return this.#fleet!.url;
  }

  get mirror(): string {
    return join(this.folder, 'data', 'mirror');
  }

  addressOf(engine: EngineName): string {
    return this.#engines.get(engine)!.address;
  }

  async start(
    replicas: Readonly<Record<string, number>> = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<this> {
    await Promise.all(
      (Object.keys(STARTERS) as EngineName[]).map(async (name) => {
        this.#engines.set(name, await STARTERS[name]({ dir: join(this.folder, name) }));
      }),
    );
    this.#fleet = await startFleet({
      env: {
        EVENTSTORE_URL: this.addressOf('eventstore'),
        KAFKA_BROKERS: this.addressOf('kafka'),
        REDIS_URL: this.addressOf('redis'),
        THROUGHLINE_DATA: join(this.folder, 'data'),
        LOG_LEVEL: 'warn',
        ...env,
      },
      replicas,
      onLine: (service, line) => this.#said.push(`${service}: ${line}`),
      onEvent: (service, what) => this.#said.push(`${service} ${what}`),
    });
    await this.#fleet.ready(PATIENCE_MS);
    return this;
  }

  /** What the services printed last: for a person who looks why a test failed. */
  get said(): string {
    return this.#said.slice(-40).join('\n');
  }

  ready(): Promise<void> {
    return this.#fleet!.ready(PATIENCE_MS);
  }

  /** kill -9 of a service; it is started again. */
  killService(name: string): Promise<void> {
    return this.#fleet!.kill(name);
  }

  /** Starts one more of a service; the others are not told. */
  addReplica(of: string, as: string): Promise<void> {
    return this.#fleet!.add(of, as);
  }

  /** kill -9 of a service, for good. */
  removeService(name: string): Promise<void> {
    return this.#fleet!.remove(name);
  }

  /** Stops a service's process where it stands, as a host that cannot be reached; `SIGCONT` lets it go on. */
  signal(name: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.#fleet!.pidOf(name)!, signal);
  }

  /** What a service's own figure says, all its labels added up; undefined while it does not answer. */
  async figureOf(name: string, figure: string): Promise<number | undefined> {
    const url = `${this.#fleet!.urlOf(name)}/internal/metrics`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (!answer?.ok) return undefined;
    const lines = (await answer.text()).split('\n').filter((line) => /^\w+/.exec(line)?.[0] === figure);
    return lines.map((line) => Number(line.slice(line.lastIndexOf(' ') + 1))).reduce((a, b) => a + b, 0);
  }

  pidOf(engine: EngineName): number {
    return this.#engines.get(engine)!.pid;
  }

  /** kill -9 of an engine, which then serves again what it holds, at the same address. */
  async killEngine(name: EngineName): Promise<void> {
    await (
      await this.loseEngine(name)
    )();
  }

  /** kill -9 of an engine; what is given back starts it again, at the same address, on what it holds. */
  async loseEngine(name: EngineName): Promise<() => Promise<void>> {
    const { port, kill } = this.#engines.get(name)!;
    await kill();
    return async () => void this.#engines.set(name, await STARTERS[name]({ dir: join(this.folder, name), port }));
  }

  /** Publishes to the intake topic, in order, a batch at a time; a broker that is away is waited for. */
  async publish(messages: readonly Message[], batch = 500): Promise<void> {
    const kafka = new kafkajs.Kafka({
      clientId: 'test',
      brokers: [this.addressOf('kafka')],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 50, maxRetryTime: 1000 },
    });
    await again(async () => {
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 6 }], waitForLeaders: true });
      await admin.disconnect();
    });
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, idempotent: true });
    await again(() => producer.connect());
    for (let at = 0; at < messages.length; at += batch) {
      await producer.send({ topic: TOPIC, messages: messages.slice(at, at + batch) });
    }
    await producer.disconnect();
  }

  /** How many messages of the intake topic the services have not committed. */
  async uncommitted(): Promise<number> {
    const kafka = new kafkajs.Kafka({
      clientId: 'test',
      brokers: [this.addressOf('kafka')],
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(TOPIC);
    const [group] = await admin.fetchOffsets({ groupId: 'throughline-ingestion', topics: [TOPIC] });
    await admin.disconnect();
    const committed = new Map(
      group?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]),
    );
    return ends.reduce((sum, { partition, offset }) => sum + Number(offset) - (committed.get(partition) ?? 0), 0);
  }

  /** Until intake has begun on what is published, and, with luck, not come to its end. */
  async untilSomeCommitted(): Promise<void> {
    const left = await this.uncommitted();
    while ((await this.uncommitted()) >= left) await sleep(20);
  }

  /** Until everything published is durable and in every view. */
  async settled(): Promise<void> {
    await this.until(async () => (await this.uncommitted()) === 0 && (await this.isInEveryView()));
  }

  /** Until it is so; what cannot be asked now is not so. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    const until = Date.now() + PATIENCE_MS * 2;
    while (!(await isSo().catch(() => false))) {
      if (Date.now() > until) throw new Error(`It did not settle.\n${await this.#standing()}\n${this.said}`);
      await sleep(250);
    }
  }

  /** Whether everything durable is in every view. */
  async isInEveryView(): Promise<boolean> {
    const { head, identity, items } = await this.#projections();
    return identity === head && items.every(({ position, lag }) => lag.caughtUp && position === head);
  }

  #projections(): Promise<{
    head: string;
    identity: string;
    items: { position: string; lag: { caughtUp: boolean } }[];
  }> {
    return this.get('/projections');
  }

  /** How far everything is: for a person who looks why a test failed. */
  async #standing(): Promise<string> {
    const told = async (what: string, ask: Promise<unknown>) =>
      `${what}: ${await ask.then((answer) => JSON.stringify(answer), String)}`;
    return (
      await Promise.all([told('uncommitted', this.uncommitted()), told('projections', this.#projections())])
    ).join('\n');
  }

  async stop(): Promise<void> {
    await this.#fleet?.stop();
    await Promise.all([...this.#engines.values()].map((engine) => engine.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** kafkajs gives up on what is under way when the broker is killed, before any message is sent; asked again it is the same. */
async function again(ask: () => Promise<void>): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(500);
    }
  }
}
