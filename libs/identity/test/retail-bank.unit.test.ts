import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { compareForHome, keyOf, normalise, type Key } from '@throughline/contracts';
import { DEFAULT_RULES } from '../src/index.ts';
import { World, type Sent } from './world.ts';

const folder = new URL('../../../../shared/data/retail_banking_crm/', import.meta.url);
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped: the retail bank's data is not at ${folder.pathname}`);

const secret = Buffer.alloc(32, 7);

function rowsOf(file: string): string[][] {
  const lines = readFileSync(new URL(file, folder), 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .slice(1);
  // Only `complaints` quotes, and only fields without quotes inside.
  return lines
    .filter(Boolean)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
    );
}

function key(type: string, raw: string): Key {
  const normalised = normalise(type, raw, 'US');
  if (!normalised.ok) throw new Error(`${type}: ${normalised.reason}`);
  return { type, key: keyOf(secret, { type, value: normalised.value }) };
}

const clientKey = (raw: string) => key('client', `C${raw.replace(/^C/, '').padStart(8, '0')}`);

interface Bank {
  readonly touchpoints: readonly Sent[];
  readonly clients: readonly string[];
  readonly calls: readonly {
    readonly id: string;
    readonly phone: string;
    readonly complaint: string | undefined;
    readonly at: number;
  }[];
  /** Phone on file → client. */
  readonly onFile: ReadonlyMap<string, string>;
}

function readBank(): Bank {
  const touchpoints: Sent[] = [];
  const sent = (id: string, occurredAt: number, keys: Key[]) =>
    void touchpoints.push({ id, occurredAt, keys: keys.sort(compareForHome) });
  const onFile = new Map<string, string>();
  const clients: string[] = [];
  for (const [id, , , , , , , , , , phone, email, , , , , , date] of rowsOf('clients.csv')) {
    const client = clientKey(id!);
    clients.push(client.key);
    onFile.set(key('phone', phone!).key, client.key);
    sent(`client-${id}`, Date.parse(date!), [client, key('phone', phone!), key('email', email!)]);
  }
  for (const row of rowsOf('complaints.csv')) {
    const [id, client] = row.slice(-2) as [string, string];
    const [day, month, year] = row[0]!.split('-');
    sent(`complaint-${id}`, Date.parse(`${year}-${month}-${day}`), [clientKey(client), key('complaint', id)]);
  }
  const calls = rowsOf('calls.csv').map(([date, complaint, , phone, , id, , , , , start]) => {
    const at = Date.parse(`${date}T${start || '00:00:00'}Z`);
    const keys = [key('phone', phone!), ...(complaint!.trim() ? [key('complaint', complaint!.trim())] : [])];
    sent(`call-${id}`, at, keys);
    return { id: id!, phone: key('phone', phone!).key, complaint: keys[1]?.key, at };
  });
  return { touchpoints, clients, calls, onFile };
}

function expectKnownAnswers(world: World, { clients, calls, onFile, touchpoints }: Bank): void {
  const customers = new Set(touchpoints.map(({ keys }) => world.customerOf(keys[0]!.key)));
  expect(customers.size).toBe(5369);
  const clientOf = new Map(clients.map((client) => [world.customerOf(client), client]));
  expect(clientOf.size).toBe(5369);

  const owner = ({ phone }: { phone: string }) => clientOf.get(world.customerOf(phone));
  expect(calls).toHaveLength(3999);
  expect(calls.filter((call) => owner(call))).toHaveLength(3999);
  expect(new Set(calls.map(owner)).size).toBe(2615);

  const byPhone = calls.filter((call) => onFile.has(call.phone));
  const byComplaint = calls.filter((call) => !onFile.has(call.phone) && call.complaint);
  const byLearnedPhone = calls.filter((call) => !onFile.has(call.phone) && !call.complaint);
  expect([byPhone.length, byComplaint.length, byLearnedPhone.length]).toEqual([3640, 301, 58]);
  expect(byPhone.every((call) => owner(call) === onFile.get(call.phone))).toBe(true);
  expect(new Set(byComplaint.map(({ phone }) => phone)).size).toBe(301);
  const taught = new Map(byComplaint.map(({ phone, at }) => [phone, at]));
  expect(byLearnedPhone.filter(({ phone, at }) => at < taught.get(phone)!)).toHaveLength(12);
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  let state = seed;
  for (let n = result.length - 1; n > 0; n--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (n + 1);
    [result[n], result[other]] = [result[other]!, result[n]!];
  }
  return result;
}

(isThere ? describe : describe.skip)('the retail bank’s calls find their customers', () => {
  const bank = isThere ? readBank() : undefined!;
  const play = (touchpoints: readonly Sent[]) => {
    const world = new World(DEFAULT_RULES, 100_000);
    for (const touchpoint of touchpoints) world.touch(touchpoint);
    return world;
  };

  test('in the order of the files', () => expectKnownAnswers(play(bank.touchpoints), bank));
  test('calls first, clients last', () => expectKnownAnswers(play([...bank.touchpoints].reverse()), bank));
  test.each([1, 2, 3])('shuffled (%i), every row twice', (seed) => {
    expectKnownAnswers(play(shuffled([...bank.touchpoints, ...bank.touchpoints], seed)), bank);
  });
});
