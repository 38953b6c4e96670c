import type { FieldDiff, IndexValue, Mover } from '@throughline/contracts';
import { Best, byText } from './best.ts';
import { NumberChanges } from './number-changes.ts';

/** The longest list that a diff holds. */
export const MOST_LISTED = 20;
/** So many different turns are counted; of others it is only known how many they are. */
const MOST_TURNS = 10_000;

interface Turn {
  readonly from: IndexValue;
  readonly to: IndexValue;
  n: number;
}

/** How one field of customers changes. */
export class FieldChanges {
  readonly #field: string;
  #n = 0;
  #same = 0;
  #gained = 0;
  #lost = 0;
  readonly #numbers = new NumberChanges();
  readonly #turns = new Map<string, Turn>();
  #allTurns = 0;
  readonly #movers = new Best<Mover & { readonly size: number }>(
    MOST_LISTED,
    (a, b) => b.size - a.size || byText(a.customer, b.customer),
  );

  constructor(field: string) {
    this.#field = field;
  }

  /** @returns whether the two differ. */
  add(customer: string, from: IndexValue | undefined, to: IndexValue | undefined): boolean {
    if (from === undefined || to === undefined) {
      if (from === undefined) this.#gained++;
      else this.#lost++;
      this.#movers.add({ customer, from: from ?? null, to: to ?? null, size: 0 });
      return true;
    }
    this.#n++;
    const areNumbers = typeof from === 'number' && typeof to === 'number';
    const change = areNumbers ? this.#numbers.add(from, to) : Number(from !== to);
    if (change === 0) {
      this.#same++;
      return false;
    }
    if (!areNumbers) this.#turn(from, to);
    this.#movers.add({ customer, from, to, size: Math.abs(change) });
    return true;
  }

  get isAny(): boolean {
    return this.#same < this.#n || this.#gained + this.#lost > 0;
  }

  /** @param most The longest list in it. */
  diff(most: number): FieldDiff {
    const change = this.#numbers.change();
    const turns = [...this.#turns.values()].sort((a, b) => b.n - a.n || byText(textOf(a), textOf(b))).slice(0, most);
    const otherTurns = this.#allTurns - turns.reduce((sum, { n }) => sum + n, 0);
    return {
      field: this.#field,
      n: this.#n,
      same: this.#same,
      changed: this.#n - this.#same,
      gained: this.#gained,
      lost: this.#lost,
      ...(change && { change }),
      ...(this.#allTurns > 0 && { turns, ...(otherTurns > 0 && { otherTurns }) }),
      movers: this.#movers.first(most).map(({ customer, from, to }) => ({ customer, from, to })),
    };
  }

  #turn(from: IndexValue, to: IndexValue): void {
    this.#allTurns++;
    const text = textOf({ from, to });
    const turn = this.#turns.get(text);
    if (turn) turn.n++;
    else if (this.#turns.size < MOST_TURNS) this.#turns.set(text, { from, to, n: 1 });
  }
}

/** True and "true" are two. */
function textOf({ from, to }: Pick<Turn, 'from' | 'to'>): string {
  return JSON.stringify([from, to]);
}
