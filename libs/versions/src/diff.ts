import type { Cell, CustomersOnlyIn, IndexEntry, IndexValue, VersionDiff } from '@throughline/contracts';
import { Best, byText } from './best.ts';
import { CellChanges } from './cell-changes.ts';
import { FieldChanges, MOST_LISTED } from './field-changes.ts';

/** What a version shows of a customer. */
export interface ShownCustomer {
  readonly indexes: readonly IndexEntry[];
}

/** Which versions are compared, and where. */
export type Compared = Pick<VersionDiff, 'projection' | 'from' | 'to' | 'position' | 'day' | 'folded' | 'sample'>;

/** A report is one event: it stays well below what any log takes. */
const MOST_BYTES = 190_000;

/**
 * Tells how two versions differ. Both are fed to it, customer by customer (`pair`) and cell by cell; memory grows with the fields and the cells there
 * are, and not with the customers.
 */
export class DiffMaker {
  readonly #compared: Compared;
  readonly #fields = new Map<string, FieldChanges>();
  readonly #cells = new CellChanges();
  readonly #onlyIn = { from: new OnlyIn(), to: new OnlyIn() };
  #inBoth = 0;
  #same = 0;

  constructor(compared: Compared) {
    this.#compared = compared;
  }

  /** Each customer of either once, with what each version shows of them. */
  customer(id: string, before: ShownCustomer | undefined, after: ShownCustomer | undefined): void {
    if (!before || !after) {
      if (before) this.#onlyIn.from.add(id);
      else if (after) this.#onlyIn.to.add(id);
      return;
    }
    this.#inBoth++;
    let isSame = true;
    const { indexes: old } = before;
    const { indexes: now } = after;
    for (let i = 0; i < old.length; i++) {
      const { field, value } = old[i]!;
      if (this.#changes(field).add(id, value, valueIn(now, field, i))) isSame = false;
    }
    for (let i = 0; i < now.length; i++) {
      const { field, value } = now[i]!;
      if (valueIn(old, field, i) !== undefined) continue;
      this.#changes(field).add(id, undefined, value);
      isSame = false;
    }
    if (isSame) this.#same++;
  }

  /** Cells may come in any order and in several pieces. */
  cellBefore(cell: Cell): void {
    this.#cells.addBefore(cell);
  }

  cellAfter(cell: Cell): void {
    this.#cells.addAfter(cell);
  }

  diff(): VersionDiff {
    for (let most = MOST_LISTED; ; most = Math.floor(most / 2)) {
      const diff = this.#diff(most);
      if (most === 0 || Buffer.byteLength(JSON.stringify(diff)) <= MOST_BYTES) return diff;
    }
  }

  #diff(most: number): VersionDiff {
    const fields = [...this.#fields].sort(([a], [b]) => byText(a, b));
    return {
      ...this.#compared,
      customers: {
        inBoth: this.#inBoth,
        same: this.#same,
        changed: this.#inBoth - this.#same,
        onlyIn: { from: this.#onlyIn.from.diff(most), to: this.#onlyIn.to.diff(most) },
      },
      compared: { fields: fields.map(([field]) => field), metrics: this.#cells.metrics },
      fields: fields.filter(([, changes]) => changes.isAny).map(([, changes]) => changes.diff(most)),
      metrics: this.#cells.diffs(most),
    };
  }

  #changes(field: string): FieldChanges {
    let changes = this.#fields.get(field);
    if (!changes) this.#fields.set(field, (changes = new FieldChanges(field)));
    return changes;
  }
}

/** Both list their fields in the same order but for those that one lacks, so the likely place is looked at first. */
function valueIn(entries: readonly IndexEntry[], field: string, likely: number): IndexValue | undefined {
  const there = entries[likely];
  return there?.field === field ? there.value : entries.find((entry) => entry.field === field)?.value;
}

class OnlyIn {
  #n = 0;
  readonly #first = new Best<string>(MOST_LISTED, byText);

  add(customer: string): void {
    this.#n++;
    this.#first.add(customer);
  }

  diff(most: number): CustomersOnlyIn {
    return { n: this.#n, first: this.#first.first(most) };
  }
}
