/** The retail bank's clients, complaints and calls, as identity sees them. */
import { existsSync, readFileSync } from 'node:fs';
import { compareForHome, keyOf, normalise, type Key } from '@throughline/contracts';
import type { Sent } from './world.ts';

const folder = new URL('../../../../shared/data/retail_banking_crm/', import.meta.url);
export const isBankThere = existsSync(folder);
if (!isBankThere) console.warn(`Skipped: the retail bank's data is not at ${folder.pathname}`);

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

export interface Bank {
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

export function readBank(): Bank {
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
