/** Touchpoints whose order can be told from outside. */
import { touchpointId, type TouchpointInput } from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';
import { touchpoint } from '../intake.ts';

/** Touchpoints of a few customers, in turn; each says the how-manieth of its customer it is. */
export function conversation(name: string, customers: number, each: number, from = 0): TouchpointInput[] {
  return Array.from({ length: customers * each }, (_, n) => {
    const at = from * customers + n;
    return touchpoint(
      { id: `${name}-${at}` },
      {
        identifiers: [{ type: 'customer', value: `${name}-${at % customers}` }],
        facts: { orderId: `${name}-${at}`, turn: Math.floor(at / customers) },
      },
    );
  });
}

/** A message as a channel would send it, keyed by its customer. */
export function message(input: TouchpointInput): { key: string | null; value: string } {
  return { key: input.data.identifiers?.[0]?.value ?? null, value: JSON.stringify(input) };
}

/** What a log has too few, too many or in the wrong order of what was sent; nothing for a good one. */
export function wrongWith(events: readonly RecordedEvent[], sent: readonly TouchpointInput[]): Record<string, unknown> {
  const ids = events.map(({ id }) => id);
  const known = new Set(ids);
  const wanted = new Set(sent.map(({ source, id }) => touchpointId(source, id)));
  const turns = new Map<string, number>();
  const disordered = events.filter(({ stream, data }) => {
    const { turn } = data['facts'] as { turn: number };
    const expected = turns.get(stream) ?? 0;
    turns.set(stream, turn + 1);
    return turn !== expected;
  });
  const found = {
    missing: [...wanted].filter((id) => !known.has(id)).length,
    strange: [...known].filter((id) => !wanted.has(id)).length,
    repeated: ids.length - known.size,
    disordered: disordered.length,
  };
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0));
}
