import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { AppendCall, Outcome } from '../src/eventstoredb/append-call.ts';
import { AppendLanes } from '../src/eventstoredb/append-lanes.ts';
import { Appending, type AppendingParts } from '../src/eventstoredb/appending.ts';
import { KnownEvents } from '../src/eventstoredb/known.ts';
import { positionText } from '../src/eventstoredb/position.ts';
import { prepare } from '../src/eventstoredb/prepared.ts';
import { NO_STREAM } from '../src/index.ts';
import { event } from './support/folder.ts';

const position = positionText('70', '70');

/** Appends three events over a call that answers so; says what was read from the server. */
async function appendThree(answer: Outcome) {
  const reads: unknown[] = [];
  const call = { send: () => Promise.resolve(answer) } as unknown as AppendCall;
  const appending = new Appending({
    mirror: {
      find: async (ids) => ids.map(() => undefined),
      revisions: async (streams) => streams.map(() => NO_STREAM),
    },
    server: {
      async *readStream(stream, options) {
        reads.push([stream, options]);
        yield { id: randomUUID(), stream, revision: 2, position } as never;
      },
    } satisfies AppendingParts['server'],
    lanes: new AppendLanes(call),
    known: new KnownEvents(),
  });
  const events = [event(), event(), event()];
  const results = await appending.append([prepare({ stream: 's', expectedRevision: NO_STREAM, events }, 1e6)]);
  return { results, reads };
}

test.each([
  ['with a place is not read back', position, []],
  ['without a place is asked for its last event', undefined, [['s', { from: 2, limit: 1 }]]],
])('An append answered %s', async (_, told, asked) => {
  const { results, reads } = await appendThree({ kind: 'done', revision: 2, position: told });
  expect(results).toEqual([{ ok: true, revision: 2, position, repeated: false }]);
  expect(reads).toEqual(asked);
});
