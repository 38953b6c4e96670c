import { describe, expect, test } from '@jest/globals';
import { ThroughlineError, type CustomerChange, type Position } from '@throughline/contracts';
import type { WaitingChange } from '@throughline/read-model';
import { Bell, relayChanges, type Relayed } from '../src/index.ts';

/** An outbox in memory. */
function outbox(bell: Bell) {
  const rows: WaitingChange[] = [];
  let sequence = 0;
  return {
    rows,
    put(count = 1) {
      for (let i = 0; i < count; i++) rows.push({ sequence: ++sequence, change: change(sequence) });
      bell.ring();
    },
    waiting: async (limit: number) => rows.slice(0, limit),
    waitingCount: async () => rows.length,
    async told(through: number) {
      rows.splice(0, rows.filter((row) => row.sequence <= through).length);
    },
  };
}

const change = (n: number): CustomerChange => ({
  projection: 'tally',
  version: 'v',
  customer: 'c',
  position: `${n}` as Position,
  what: 'changed',
  fields: {},
  changed: [],
});
const refused = () => new ThroughlineError('changes-unpublished');

function relay(publish: (changes: readonly CustomerChange[]) => Promise<void>) {
  const bell = new Bell();
  const store = outbox(bell);
  const stop = new AbortController();
  const said: Relayed[] = [];
  const ended = relayChanges({
    store,
    bell,
    publisher: { publish },
    signal: stop.signal,
    onRelayed: (relayed) => said.push(relayed),
  });
  const untilEmpty = async () => {
    while (store.rows.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const end = () => {
    stop.abort();
    return ended;
  };
  return { store, said, ended, end, untilEmpty };
}

describe('the relay of changes', () => {
  test('publishes in order what is there and what comes, and then takes it out', async () => {
    const published: string[] = [];
    const { store, end, untilEmpty } = relay(async (changes) => {
      expect(store.rows.slice(0, changes.length).map((row) => row.change)).toEqual(changes);
      published.push(...changes.map(({ position }) => position));
    });
    store.put(1_200);
    await untilEmpty();
    store.put();
    await untilEmpty();
    await end();
    expect(published).toEqual(Array.from({ length: 1_201 }, (_, i) => `${i + 1}`));
  });

  test('takes nothing out that was not published, says what waits, and publishes it once it can', async () => {
    let refusals = 2;
    const published: number[] = [];
    const { store, said, end, untilEmpty } = relay(async (changes) => {
      if (refusals-- > 0) {
        expect(store.rows).toHaveLength(3);
        throw refused();
      }
      published.push(...changes.map(({ position }) => Number(position)));
    });
    store.put(3);
    await untilEmpty();
    await end();
    expect(published).toEqual([1, 2, 3]);
    expect(said).toContainEqual({ waiting: 3, failed: 'changes-unpublished' });
    expect(said.at(-1)).toEqual({ waiting: 0 });
  });

  test('gets through to the one change that is taken alone', async () => {
    const { store, end, untilEmpty } = relay(async (changes) => {
      if (changes.length > 250) throw refused();
    });
    store.put(501);
    await untilEmpty();
    await end();
  });

  test('ends though the publisher hangs, and leaves what it was given in the outbox', async () => {
    let isAsked: () => void;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const { store, end } = relay(() => {
      isAsked();
      return new Promise(() => undefined);
    });
    store.put();
    await asked;
    await end();
    expect(store.rows).toHaveLength(1);
  });

  test('fails with what it does not know', async () => {
    const { store, ended } = relay(() => Promise.reject(new TypeError('a mistake')));
    store.put();
    await expect(ended).rejects.toThrow('a mistake');
  });
});
