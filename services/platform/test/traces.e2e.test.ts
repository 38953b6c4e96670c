/** What whoever operates the platform sees of a touchpoint's way: traces, and lines of the log under one correlation id. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { START } from '@throughline/contracts';
import { openLog, type RecordedEvent } from '@throughline/event-log';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { canTest, freePort, missingKafka, startKafka, type Engine } from '../../../infra/engines/index.mjs';
import { Child, dataFolder, touchpoint } from './child.ts';
import { OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';

const FOLLOWERS = ['identity', 'crm-projection', 'cem-projection', 'balance-projection'].map(
  (part) => `${part} commit`,
);
/** Two identifiers, so that identity has something to decide. */
const ADA = { email: 'ada@example.com', phone: '977-806-9726' };

const newTrace = () => randomBytes(16).toString('hex');
const order = (id: string, who: Readonly<Record<string, string>> = ADA) =>
  touchpoint(id, 'order.placed', '2026-03-01T10:00:00Z', who, { orderId: id });

/** Whether every span leads, from parent to parent, to the one span that somebody outside began. */
function isConnected(spans: readonly ReceivedSpan[], outside: string): boolean {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const leads = (span: ReceivedSpan): boolean => {
    if (span.parentSpanId === outside) return true;
    const parent = byId.get(span.parentSpanId ?? '');
    return parent !== undefined && leads(parent);
  };
  return spans.every(leads);
}

async function send(url: string, body: object, headers: Record<string, string>) {
  const answer = await fetch(`${url}/touchpoints`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as { accepted: number; quarantined: { quarantineId: string }[]; position: string };
}

const linesOf = (log: string) =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('with an exporter', () => {
  const data = dataFolder();
  let receiver: OtlpReceiver;
  let platform: Child;
  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    platform = await Child.start(data.path, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_SERVICE_NAME: 'throughline-under-test',
    });
  });
  afterAll(async () => {
    await platform.stop();
    await receiver.close();
    data.remove();
  });

  test('a touchpoint over HTTP is one connected trace, from its sender through identity to every view', async () => {
    const trace = newTrace();
    const outside = '00f067aa0ba902b7';
    await send(platform.url, order('http-1'), { traceparent: `00-${trace}-${outside}-01` });
    const spans = await receiver.trace(trace, ['POST /touchpoints', ...FOLLOWERS]);
    expect(isConnected(spans, outside)).toBe(true);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['throughline-under-test']));
  });

  test('a touchpoint that says where it stands keeps to its own trace, linked to its request’s', async () => {
    const [own, ofRequest] = [newTrace(), newTrace()];
    const outside = '00f067aa0ba902b8';
    const traced = { ...order('http-2', { email: 'bob@example.com' }), traceparent: `00-${own}-${outside}-01` };
    await send(platform.url, [traced], { traceparent: `00-${ofRequest}-${outside}-01` });
    const spans = await receiver.trace(own, ['touchpoints receive', 'crm-projection commit']);
    const [request] = await receiver.trace(ofRequest, ['POST /touchpoints']);
    expect(isConnected(spans, outside)).toBe(true);
    expect(spans.find(({ name }) => name === 'touchpoints receive')!.links).toEqual([request!.spanId]);
  });

  test('a commit that several led to is in the trace of the first and links the others', async () => {
    const traces = Array.from({ length: 5 }, newTrace);
    const outside = '00f067aa0ba902b9';
    const items = traces.map((trace, n) => ({
      ...order(`many-${n}`, { email: `many-${n}@example.com` }),
      traceparent: `00-${trace}-${outside}-01`,
    }));
    await send(platform.url, items, {});
    const received: ReceivedSpan[] = [];
    for (const trace of traces) {
      received.push(...(await receiver.trace(trace, ['touchpoints receive'])));
    }
    const spans = await receiver.trace(traces[0]!, ['touchpoints receive', ...FOLLOWERS]);
    const commit = spans.find(({ name }) => name === 'crm-projection commit')!;
    const places = received.filter(({ name }) => name === 'touchpoints receive').map(({ spanId }) => spanId);
    expect([commit.parentSpanId, ...commit.links].toSorted()).toEqual(places.toSorted());
  });

  test('what its sender left out of the traces stays out', async () => {
    const trace = newTrace();
    const { position } = await send(platform.url, order('unsampled'), {
      traceparent: `00-${trace}-00f067aa0ba902b7-00`,
    });
    await platform.get(`/customers?limit=1&after=${position}`);
    const { position: next } = await send(platform.url, order('sampled'), {});
    await platform.get(`/customers?limit=1&after=${next}`);
    expect(receiver.spans.filter(({ traceId }) => traceId === trace)).toEqual([]);
  });
});

const missing = missingKafka();
(canTest('A trace over Kafka', missing) ? describe : describe.skip)('over Kafka', () => {
  const data = dataFolder();
  const dir = mkdtempSync(join(tmpdir(), 'kafka-traces-'));
  let kafka: Engine;
  let receiver: OtlpReceiver;
  let platform: Child;
  beforeAll(async () => {
    kafka = await startKafka({ dir, port: await freePort() });
    receiver = await OtlpReceiver.start();
  });
  afterAll(async () => {
    await platform?.stop();
    await receiver.close();
    await kafka.stop();
    rmSync(dir, { recursive: true, force: true });
    data.remove();
  });

  test('a touchpoint is one connected trace, from its producer to every view', async () => {
    const client = new Kafka({ brokers: [kafka.address], logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'touchpoints', numPartitions: 1 }] });
    await admin.disconnect();
    platform = await Child.start(data.path, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      KAFKA_BROKERS: kafka.address,
      LOG_LEVEL: 'debug',
    });
    const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const [trace, outside] = [newTrace(), '00f067aa0ba902b7'];
    await producer.send({
      topic: 'touchpoints',
      messages: [
        {
          value: JSON.stringify(order('kafka-1')),
          headers: { traceparent: `00-${trace}-${outside}-01`, 'x-correlation-id': 'kafka-7' },
        },
      ],
    });
    await producer.disconnect();
    const spans = await receiver.trace(trace, ['touchpoints receive', ...FOLLOWERS]);
    expect(isConnected(spans, outside)).toBe(true);
    expect(spans.find(({ name }) => name === 'touchpoints receive')!.attributes).toMatchObject({
      'messaging.system': 'kafka',
      'messaging.destination.name': 'touchpoints',
    });
    const { log } = await platform.stop();
    const parts = linesOf(log)
      .filter(({ correlationIds }) => (correlationIds as string[] | undefined)?.includes('kafka-7'))
      .map(({ part }) => part);
    expect(new Set(parts)).toEqual(new Set(['identity', 'crm-projection', 'cem-projection', 'balance-projection']));
  });
});

describe('without an exporter', () => {
  test('nothing of OpenTelemetry’s SDK is loaded, and the logs tell a touchpoint’s way by its correlation id', async () => {
    const data = dataFolder();
    const report = join(data.path, 'loaded.json');
    const platform = await Child.start(data.path, {
      LOG_LEVEL: 'debug',
      NODE_OPTIONS: `--require ${new URL('./loaded.cjs', import.meta.url).pathname}`,
      LOADED_REPORT: report,
    });
    const items = [order('plain-1'), { ...order('plain-2'), type: 'Ada wrote this' }];
    const { quarantined, position } = await send(platform.url, items, { 'x-correlation-id': 'call-7' });
    await platform.get(`/customers?limit=1&after=${position}`);
    const { log } = await platform.stop();
    const { readFileSync } = await import('node:fs');
    const loaded = JSON.parse(readFileSync(report, 'utf8')) as string[];
    data.remove();

    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((file) => /@opentelemetry\/(?!api\/)/.test(file))).toEqual([]);
    const lines = linesOf(log);
    expect(lines.every(({ service }) => service === 'platform')).toBe(true);
    expect(lines.filter(({ correlationId }) => correlationId === 'call-7')).toEqual([
      expect.objectContaining({
        level: 'warn',
        quarantineId: quarantined[0]!.quarantineId,
        code: 'invalid-touchpoint',
      }),
    ]);
    const parts = lines
      .filter(({ correlationIds }) => (correlationIds as string[] | undefined)?.includes('call-7'))
      .map(({ part }) => part);
    expect(new Set(parts)).toEqual(new Set(['identity', 'crm-projection', 'cem-projection', 'balance-projection']));
    expect(log).not.toMatch(/ada|977-?806/i);
  });

  test('what identity decides on a steward’s request is tied to it, in the log and in its lines', async () => {
    const data = dataFolder();
    const platform = await Child.start(data.path, { LOG_LEVEL: 'debug' });
    await send(
      platform.url,
      [order('one', { email: 'one@example.com' }), order('two', { email: 'two@example.com' })],
      {},
    );
    const named = (value: string) => ({ type: 'email', value });
    const link = { a: named('one@example.com'), b: named('two@example.com'), author: 'grace', reason: 'They said so.' };
    const answer = await fetch(`${platform.url}/identities/link`, {
      method: 'POST',
      headers: { 'x-correlation-id': 'desk-7' },
      body: JSON.stringify(link),
    });
    const { requestId, position } = (await answer.json()) as { requestId: string; position: string };
    await platform.get(`/customers?limit=1&after=${position}`);
    const { log: written } = await platform.stop();
    const log = await openLog({ dir: join(data.path, 'log') });
    const tied: RecordedEvent[] = [];
    for await (const { events } of log.read({ after: START })) tied.push(...events);
    await log.close();
    data.remove();

    const ofRequest = tied.filter(({ metadata }) => metadata['$correlationId'] === 'desk-7');
    expect(ofRequest.map(({ type, metadata }) => [type, metadata['$causationId']])).toEqual([
      ['identity.link-requested', undefined],
      ['customers.merged', requestId],
    ]);
    const commits = linesOf(written).filter(({ correlationIds }) =>
      (correlationIds as string[] | undefined)?.includes('desk-7'),
    );
    expect(commits.map(({ part }) => part)).toContain('identity');
  });

  test('every part says how far it is, how much it has taken and how often it failed', async () => {
    const data = dataFolder();
    const platform = await Child.start(data.path);
    const { position } = await send(platform.url, order('figures-1'), {});
    await platform.get(`/customers?limit=1&after=${position}`);
    const { body } = await platform.get<string>('/internal/metrics');
    await platform.stop();
    data.remove();
    for (const part of ['identity', 'crm-projection', 'cem-projection', 'balance-projection']) {
      for (const figure of [
        'throughline_follower_lag_seconds',
        'throughline_follower_recorded_timestamp_seconds',
        'throughline_follower_commit_seconds_count',
        'throughline_follower_events_total',
        'throughline_part_failures_total',
      ]) {
        expect(body).toMatch(new RegExp(`^${figure}\\{part="${part}"\\} \\d`, 'm'));
      }
    }
    expect(body).toMatch(/^process_cpu_seconds_total /m);
    expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });
});
