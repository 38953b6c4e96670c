import { describe, expect, test } from '@jest/globals';
import type { Position } from '@throughline/contracts';
import type { Followed } from '@throughline/event-log';
import { createLogger, createMetrics, PartFigures, type SpanStart, type Tracing } from '@throughline/runtime';
import { watchPart } from '../src/index.ts';

const HEAD = '0000000000000001' as Position;
const FOLLOWED: Followed = { through: HEAD, events: 3, recordedAt: 9_000, startedAt: 10_000, endedAt: 10_250 };

function lookout({ level = 'info', traced = false }: { level?: 'info' | 'debug'; traced?: boolean } = {}) {
  const lines: Record<string, unknown>[] = [];
  const spans: (SpanStart & { name: string; at: number | undefined })[] = [];
  const tracing: Tracing = {
    span: (name, start) => ({
      traceparent: '',
      isSampled: true,
      set: () => undefined,
      end: ({ at } = {}) => void spans.push({ name, ...start, at }),
    }),
    stop: () => Promise.resolve(),
  };
  const metrics = createMetrics();
  const watch = watchPart('crm-projection', {
    logger: createLogger(level, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }),
    parts: new PartFigures(metrics),
    tracing: traced ? tracing : undefined,
    log: { head: () => Promise.resolve(HEAD), read: () => (async function* () {})() },
  });
  return { watch, lines, spans, metrics };
}

describe('whoever looks on while a part follows the log', () => {
  test('asks for causes only where a log or a trace shows them', () => {
    expect(lookout().watch.causes).toBe(false);
    expect(lookout({ level: 'debug' }).watch.causes).toBe(true);
    expect(lookout({ traced: true }).watch.causes).toBe(true);
  });

  test('writes a line for what is parked, under its correlation id where that is harmless', () => {
    const { watch, lines } = lookout();
    const first = [
      { id: 'e-1', stage: 'fold', correlationId: 'call-7' },
      { id: 'e-2', stage: 'fold', correlationId: 'ada@example.com' },
    ];
    watch.onFollowed({ ...FOLLOWED, parked: { count: 5, first } });
    expect(lines).toMatchObject([{ id: 'e-1', correlationId: 'call-7' }, { id: 'e-2' }, { more: 3 }]);
    expect(JSON.stringify(lines)).not.toContain('ada');
  });

  test('puts a commit in the trace of the first that led to it, and links the others', () => {
    const { watch, spans } = lookout({ traced: true });
    watch.onFollowed({ ...FOLLOWED, causes: { traceparents: ['a', 'b', 'c'], correlationIds: [] } });
    watch.onFollowed({ ...FOLLOWED, causes: { traceparents: [], correlationIds: [] } });
    expect(spans).toMatchObject([
      { name: 'crm-projection commit', parent: 'a', links: ['b', 'c'], startedAt: 10_000, at: 10_250 },
    ]);
  });

  test('shows how far it is and at what rate', async () => {
    const { watch, metrics } = lookout();
    watch.onFollowed(FOLLOWED);
    watch.onFollowed({ ...FOLLOWED, events: 4 });
    const text = await metrics.metrics();
    expect(text).toContain('throughline_follower_events_total{part="crm-projection"} 7');
    expect(text).toContain('throughline_follower_commit_seconds_count{part="crm-projection"} 2');
    expect(text).toContain('throughline_follower_recorded_timestamp_seconds{part="crm-projection"} 9');
    expect(text).toContain('throughline_follower_lag_seconds{part="crm-projection"} 0');
  });
});
