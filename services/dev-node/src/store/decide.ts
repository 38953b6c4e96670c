/** What a command comes to, by EventStoreDB's rules, given a round's draft, which it adds to. */
import { randomUUID } from 'node:crypto';
import type { Position } from '@throughline/contracts';
import type { Append } from '@throughline/event-log';
import { admit, revisionOf, type Expected } from './admission.ts';
import type { Draft } from './draft.ts';
import { STREAM_DELETED, toStored, type ProposedEvent } from './stored-event.ts';
import { baseOf } from './stream-facts.ts';
import { deletedMetadata, isDeleted, metadataFrom, metadataStreamOf } from './stream-metadata.ts';

interface OnStream {
  readonly stream: string;
  readonly expected: Expected;
  /** Epoch milliseconds after which nobody waits for it. */
  readonly deadline: number;
}

export type Command =
  | (OnStream & { readonly kind: 'append'; readonly events: readonly ProposedEvent[] })
  /** The stream may begin again. */
  | (OnStream & { readonly kind: 'delete' })
  /** It may not. */
  | (OnStream & { readonly kind: 'tombstone' });

export type Outcome =
  /** Durable. `revision` is that of the last event written, -1 when the stream has none. */
  | { readonly ok: true; readonly revision: number; readonly position: Position }
  | { readonly ok: false; readonly reason: 'WRONG_REVISION'; readonly actual: number }
  | { readonly ok: false; readonly reason: 'STREAM_DELETED' }
  | { readonly ok: false; readonly reason: 'TOO_LATE' };

/** An outcome at once, or appends to the embedded log, the first of which tells it. */
export type Plan = { readonly outcome: Outcome } | { readonly appends: readonly [Append, ...Append[]] };

export function decide(command: Command, draft: Draft, now: number): Plan {
  if (command.deadline <= now) return { outcome: { ok: false, reason: 'TOO_LATE' } };
  switch (command.kind) {
    case 'append':
      return decideAppend(command.stream, command.expected, command.events, draft, now);
    case 'delete': {
      const { last, metadata } = draft.facts(command.stream);
      // What never was cannot be deleted, though it can be forbidden for ever.
      if (last < 0 && metadata.revision < 0) return wrong(last);
      return decideEnd(command.stream, command.expected, draft, () =>
        write(metadataStreamOf(command.stream), [systemEvent('$metadata', deletedMetadata())], draft, now),
      );
    }
    case 'tombstone':
      return decideEnd(command.stream, command.expected, draft, () =>
        write(command.stream, [{ ...systemEvent(STREAM_DELETED, Buffer.from('{}')), isTombstone: true }], draft, now),
      );
  }
}

function decideAppend(
  stream: string,
  expected: Expected,
  events: readonly ProposedEvent[],
  draft: Draft,
  now: number,
): Plan {
  const { last, metadata } = draft.facts(stream);
  const admission = admit(draft.facts(stream), expected);
  if (admission === 'deleted') return DELETED;
  if (admission === 'wrong') return wrong(last);
  if (admission === 'late') {
    const after = revisionOf(expected as 'no_stream' | bigint);
    if (events.length === 0) return wrong(last);
    if (expected !== 'no_stream' || !isDeleted(metadata)) return { appends: [stored(stream, after, events, now)] };
    const different = events.findIndex(({ id }, i) => !draft.startsWith(stream, id, i));
    if (different === -1) return { appends: [stored(stream, after, events, now)] };
    if (different > 0) return wrong(last);
  }
  if (events.length === 0) return { outcome: { ok: true, revision: last, position: draft.head } };
  if (typeof expected === 'string' && expected !== 'no_stream') {
    const known = events.map(({ id }) => draft.revisionOf(stream, id));
    const end = known[known.length - 1];
    // Asked for again at its own revision, the log answers with where it stands.
    if (known[0] !== undefined) {
      if (known.includes(undefined)) return wrong(last);
      return { appends: [stored(stream, end! - 1, events.slice(-1), now)] };
    }
  }
  return { appends: begin(stream, events, draft, now) };
}

/** Adds events after a stream's last; a deleted stream begins again with them, or with metadata set anew. */
function begin(stream: string, events: readonly ProposedEvent[], draft: Draft, now: number): [Append, ...Append[]] {
  const base = baseOf(stream);
  const before = draft.facts(base);
  const append = write(stream, events, draft, now);
  if (!isDeleted(before.metadata)) return [append];
  const revived = systemEvent('$metadata', metadataFrom(draft.facts(base).metadata, before.last + 1));
  return [append, write(metadataStreamOf(base), [revived], draft, now)];
}

/** Ends a stream, for now or for ever. */
function decideEnd(stream: string, expected: Expected, draft: Draft, end: () => Append): Plan {
  const facts = draft.facts(stream);
  const admission = admit(facts, expected);
  if (admission === 'deleted') return DELETED;
  const wasDeleted = expected === 'no_stream' && isDeleted(facts.metadata);
  if (admission === 'wrong' || (admission === 'late' && !wasDeleted)) return wrong(facts.last);
  return { appends: [end()] };
}

const DELETED: Plan = { outcome: { ok: false, reason: 'STREAM_DELETED' } };

function wrong(actual: number): Plan {
  return { outcome: { ok: false, reason: 'WRONG_REVISION', actual } };
}

function write(stream: string, events: readonly ProposedEvent[], draft: Draft, now: number): Append {
  const append = stored(stream, draft.facts(stream).last, events, now);
  draft.add(stream, events);
  return append;
}

function stored(stream: string, after: number, events: readonly ProposedEvent[], now: number): Append {
  return {
    stream,
    expectedRevision: after,
    events: events.map((event, i) => toStored(event, stream, after + 1 + i, now)),
  };
}

function systemEvent(type: string, data: Uint8Array): ProposedEvent {
  return { id: randomUUID(), type, isJson: true, data, metadata: new Uint8Array(0) };
}
