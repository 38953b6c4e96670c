import type { Sample } from '@throughline/contracts';
import type { ViewStore } from '@throughline/read-model';

const DIGITS = 16;

/** Which subjects are built: those whose customers are in the sample. Without a sample all are, and nobody is asked. */
export class Sampling {
  readonly #sample: Sample | undefined;
  readonly #store: Pick<ViewStore, 'standing'>;
  readonly #known = new Map<string, boolean>();

  constructor(sample: Sample | undefined, store: Pick<ViewStore, 'standing'>) {
    this.#sample = sample;
    this.#store = store;
  }

  /** Has the answer for these subjects at hand. */
  async load(subjects: Iterable<string>): Promise<void> {
    if (!this.#sample) return;
    const unknown = [...new Set(subjects)].filter((subject) => !this.#known.has(subject));
    const customers = await this.#store.standing(unknown);
    for (const [i, subject] of unknown.entries()) {
      this.#known.set(subject, isInSample(customers[i] ?? subject, this.#sample));
    }
  }

  has(subject: string): boolean {
    return !this.#sample || this.#known.get(subject)!;
  }

  /** Whether all are built. */
  get whole(): boolean {
    return !this.#sample;
  }
}

function isInSample(customer: string, { digits }: Sample): boolean {
  return Number.parseInt(customer.slice(0, 1), DIGITS) < digits;
}
