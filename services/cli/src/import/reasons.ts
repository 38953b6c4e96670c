/** Why rows are in quarantine, alike ones together, so that a report stays short however many there are. */
export interface Reason {
  readonly message: string;
  count: number;
  /** The first few lines of the file it happened on. */
  readonly lines: number[];
}

const LINES_TOLD = 5;

export class Reasons {
  readonly #reasons = new Map<string, Reason>();

  add(message: string, line: number): void {
    const known = this.#reasons.get(message);
    if (!known) {
      this.#reasons.set(message, { message, count: 1, lines: [line] });
      return;
    }
    known.count += 1;
    if (known.lines.length < LINES_TOLD) known.lines.push(line);
  }

  /** The most frequent first. */
  list(): readonly Reason[] {
    return [...this.#reasons.values()].sort((a, b) => b.count - a.count);
  }
}
