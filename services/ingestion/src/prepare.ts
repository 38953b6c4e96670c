import {
  homeOf,
  RETRACTED,
  touchpointId,
  touchpointStream,
  type Key,
  type ProblemCode,
  type TouchpointInput,
} from '@throughline/contracts';
import type { NewEvent } from '@throughline/event-log';
import type { Offer } from './appender.ts';
import { enrich, type Received } from './enrich.ts';
import type { KeyRing } from './key-ring.ts';
import { isTouchpoint, whyNot } from './validate.ts';

export type Prepared =
  | { readonly ok: true; readonly offer: Offer }
  | { readonly ok: false; readonly code: ProblemCode; readonly message: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One parsed item, judged, enriched and sent to its home; or why not. */
export function prepare(value: unknown, received: Received, ring: KeyRing): Prepared {
  if (!isTouchpoint(value)) return { ok: false, code: 'invalid-touchpoint', message: whyNot(value) };
  const event = enrich(value, received, ring);
  return { ok: true, offer: value.type === RETRACTED ? besideItsTarget(value, event) : atHome(event) };
}

function atHome(event: NewEvent): Offer {
  return { event, stream: touchpointStream(homeOf(event.data['keys'] as object as readonly Key[], event.id)) };
}

/** A retraction counts in the stream of what it retracts, wherever its own identifiers would lead. */
function besideItsTarget(input: TouchpointInput, event: NewEvent): Offer {
  const named = input.data.facts!['touchpointId'] as string;
  return {
    event,
    beside: targetIds(named),
    settle: (touchpointId) => ({
      ...event,
      data: { ...event.data, facts: { ...(event.data['facts'] as object), touchpointId } },
    }),
  };
}

/** A touchpoint's UUID, or its `<source>#<id>`: either part may have a # of its own. */
function targetIds(named: string): readonly string[] {
  if (UUID.test(named)) return [named.toLowerCase()];
  const ids: string[] = [];
  for (let at = named.indexOf('#'); at >= 0; at = named.indexOf('#', at + 1)) {
    ids.push(touchpointId(named.slice(0, at), named.slice(at + 1)));
  }
  return ids;
}
