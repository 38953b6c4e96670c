/** Simulated touchpoints as intake would append them: each with its home, at its exact revision. */
import { keyOf, touchpointId, touchpointStream } from '@throughline/contracts';
import { simulate } from '@throughline/simulator';

const UNTIL = Date.UTC(2026, 0, 1);
export const SECRET = new Uint8Array(32).fill(7);
/** So much of an id tells it apart from all others here. */
const TELLING = 18;

/** Ids that come again are left out: the log would refuse the whole append. */
export function* simulatedAppends({ customers, days }) {
  const revisions = new Map();
  const seen = new Set();
  for (const touchpoint of simulate({ customers, days, seed: 11, until: UNTIL })) {
    const id = touchpointId(touchpoint.source, touchpoint.id);
    const known = id.slice(0, TELLING);
    if (seen.has(known)) continue;
    seen.add(known);
    const { identifiers = [], facts, traits, text, ...dimensions } = touchpoint.data;
    const keys = identifiers.map((identifier) => ({ type: identifier.type, key: keyOf(SECRET, identifier) }));
    const stream = touchpointStream(keys[0]?.key ?? id.replaceAll('-', ''));
    const expectedRevision = revisions.get(stream) ?? -1;
    revisions.set(stream, expectedRevision + 1);
    const event = {
      id,
      type: touchpoint.type,
      occurredAt: Date.parse(touchpoint.time),
      data: { keys, ...dimensions, facts },
      personal: { identifiers, ...(traits ? { traits } : {}), ...(text ? { text } : {}) },
      metadata: { source: touchpoint.source, sourceId: touchpoint.id, receivedAt: touchpoint.time, schema: 1 },
    };
    yield { stream, expectedRevision, events: [event] };
  }
}
