/** Replicas that share a view: who comes, who goes, who is gone for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { simulate } from '@throughline/simulator';
import { Apart, canRunFleet, type Message } from './fleet-kit.ts';
import { expectViewsToBeAFreshFold } from './fresh-fold.ts';

jest.setTimeout(600_000);

const SHARDS = 4;
const PATIENCE_MS = 60_000;

function messages(count: number): Message[] {
  const all: Message[] = [];
  for (const touchpoint of simulate({ customers: 300, days: 100, seed: 11, until: Date.UTC(2026, 9, 1) })) {
    const [first] = touchpoint.data.identifiers ?? [];
    const key = first ? `${first.type}:${first.value}` : touchpoint.id;
    all.push({ key, value: JSON.stringify(touchpoint) });
    if (all.length === count) break;
  }
  return all;
}

const suite = canRunFleet('shards shared among replicas') ? describe : describe.skip;

suite('A view in four shards', () => {
  const apart = new Apart();
  const load = messages(4_000);

  /** How many shards of the view each replica writes. */
  const owned = (...replicas: readonly string[]) =>
    Promise.all(replicas.map((replica) => apart.figureOf(replica, 'throughline_view_shards_owned')));

  const until = async (replicas: readonly string[], shares: readonly number[]): Promise<void> => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(200)) {
      if (JSON.stringify(await owned(...replicas)) === JSON.stringify(shares)) return;
    }
    expect(await owned(...replicas)).toEqual(shares);
  };

  /** A quarter of the load, while something happens to the replicas. */
  const during = async (quarter: number, happens: () => Promise<void>): Promise<void> => {
    const size = load.length / 4;
    await Promise.all([apart.publish(load.slice(quarter * size, (quarter + 1) * size), 50), happens()]);
  };

  beforeAll(() => apart.start({ identity: 2 }, { THROUGHLINE_SHARDS: String(SHARDS) }));
  afterAll(() => apart.stop());

  test('is written whole by one replica, and shared when another comes', async () => {
    await until(['crm-projection'], [4]);
    await during(0, async () => {
      await apart.addReplica('crm-projection', 'crm-second');
      await until(['crm-projection', 'crm-second'], [2, 2]);
    });
    await apart.settled();
  });

  test('is taken over from a replica that is gone without a word', async () => {
    await during(1, async () => {
      await apart.removeService('crm-projection');
      await until(['crm-second'], [4]);
    });
    await apart.settled();
  });

  test('is taken over from one that cannot be reached, which then finds itself fenced', async () => {
    await apart.addReplica('crm-projection', 'crm-third');
    await until(['crm-second', 'crm-third'], [2, 2]);
    await during(2, async () => {
      apart.signal('crm-second', 'SIGSTOP');
      await until(['crm-third'], [4]);
      apart.signal('crm-second', 'SIGCONT');
      await until(['crm-second', 'crm-third'], [2, 2]);
    });
    await apart.settled();
  });

  test('goes on when the replica of identity that decides is gone for good', async () => {
    const [first] = await owned('identity', 'identity-2');
    await during(3, () => apart.removeService(first === 1 ? 'identity' : 'identity-2'));
    await apart.settled();
  });

  test('shows in the end what folding the log anew shows', () => expectViewsToBeAFreshFold(apart));
});
