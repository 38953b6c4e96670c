import { createHash } from 'node:crypto';
import type { Cell, JsonValue } from '@throughline/contracts';
import { CellSums, dimensionsText, type VersionSnapshot } from '@throughline/read-model';

const MODULUS = 1n << 256n;
const HEX_DIGITS = 64;

/**
 * A hash of all that a version shows: what its subjects come to, what its customers contribute, its cells, and who is one customer. It does not
 * depend on how the version is laid out, in what order it was written, nor on when time alone will next change a customer: each row is hashed by
 * itself, and the hashes are added up.
 */
export async function stateHash(snapshot: VersionSnapshot): Promise<string> {
  let sum = 0n;
  const add = (...row: readonly unknown[]) => {
    const digest = createHash('sha256')
      .update(canonical(row as JsonValue))
      .digest('hex');
    sum = (sum + BigInt(`0x${digest}`)) % MODULUS;
  };
  for await (const { subject, row } of snapshot.subjects()) {
    const { type, fragment, retracted, parked, uncounted } = row;
    add('subject', subject, type, fragment, ordered(retracted), ordered(parked), ordered(uncounted));
  }
  for await (const { customer, cells, indexes, failed } of snapshot.contributions()) {
    const entries = indexes.map(({ field, value }) => canonical([field, value]));
    add('customer', customer, ordered(entries), ordered(textsOf(cells)), failed);
  }
  const sums = new CellSums();
  for await (const cell of snapshot.cells()) sums.add([cell]);
  for (const text of textsOf(sums)) add('cell', text);
  for await (const { customer, keys } of snapshot.members()) {
    add('members', customer, ordered(keys.map(({ type, key }) => canonical([type, key]))));
  }
  return sum.toString(16).padStart(HEX_DIGITS, '0');
}

function ordered(texts: readonly string[] | undefined): readonly string[] {
  return texts ? [...texts].sort() : [];
}

function textsOf(cells: Iterable<Cell>): readonly string[] {
  return Array.from(cells, ({ metric, day, dims, values }) => canonical([metric, day, dimensionsText(dims), values]));
}

/** JSON with the names of each object in order; what is undefined is as what is not there. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
