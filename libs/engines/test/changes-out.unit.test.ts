import { describe, expect, test } from '@jest/globals';
import { createLogger, createMetrics, Health, readKafkaSettings } from '@throughline/runtime';
import { changesOut } from '../src/index.ts';

const KAFKA = { KAFKA_BROKERS: 'kafka.example:9092', KAFKA_CHANGES_TOPIC: 'changes' };

function workbench() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('info', {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  return { metrics: createMetrics(), health: new Health(), logger, lines };
}

describe('whoever tells channels what changed', () => {
  test('is told nowhere to, and shows nothing, where no topic is given', () => {
    const bench = workbench();
    const { KAFKA_CHANGES_TOPIC: _, ...without } = KAFKA;
    expect(changesOut('crm-projection', readKafkaSettings(without), bench)).toBeUndefined();
    expect(changesOut('crm-projection', undefined, bench)).toBeUndefined();
    expect(bench.health.check().parts).toEqual({});
  });

  test('is told where, in what a thread can be handed, the log-in too', () => {
    const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'ada', KAFKA_PASSWORD: 'hush' };
    const out = changesOut('crm-projection', readKafkaSettings({ ...KAFKA, ...sasl }), workbench());
    expect(structuredClone(out!.place)).toEqual({
      brokers: ['kafka.example:9092'],
      topic: 'changes',
      tls: false,
      sasl: { mechanism: 'plain', username: 'ada', password: 'hush' },
    });
  });

  test('stays ready while Kafka takes nothing, and says what waits; once in the log, once again when it is over', async () => {
    const bench = workbench();
    const [crm, cem] = ['crm-projection', 'cem-projection'].map((part) =>
      changesOut(part, readKafkaSettings(KAFKA), bench)!,
    );
    for (const waiting of [3, 7]) crm!.onRelayed({ waiting, failed: 'changes-unpublished' });
    cem!.onRelayed({ waiting: 0 });
    expect(bench.health.check()).toEqual({
      ready: true,
      parts: {
        'crm-projection-changes': { ready: true, detail: 'Kafka takes no changes; 7 wait' },
        'cem-projection-changes': { ready: true },
      },
    });
    const figures = await bench.metrics.metrics();
    expect(figures).toContain('throughline_changes_waiting{part="crm-projection"} 7');
    expect(figures).toContain('throughline_changes_waiting{part="cem-projection"} 0');
    crm!.onRelayed({ waiting: 0 });
    expect(bench.health.check().parts['crm-projection-changes']).toEqual({ ready: true });
    expect(bench.lines.map(({ msg, part }) => [part, msg])).toEqual([
      ['crm-projection', 'Kafka takes no changes; they wait'],
      ['crm-projection', 'Kafka takes changes again'],
    ]);
  });
});
