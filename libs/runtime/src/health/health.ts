/** What one part says of itself. `detail` is for a person: what is wrong, never a value that is personal. */
export interface PartHealth {
  readonly ready: boolean;
  readonly detail?: string;
}

/** Which parts a process is made of, and whether each is ready to do its work. */
export class Health {
  readonly #parts = new Map<string, () => PartHealth>();

  /** Adds a part, or replaces what was said of it. */
  register(part: string, check: () => PartHealth): void {
    this.#parts.set(part, check);
  }

  /** Ready when every part is. */
  check(): { readonly ready: boolean; readonly parts: Readonly<Record<string, PartHealth>> } {
    const parts = Object.fromEntries([...this.#parts].map(([name, check]) => [name, check()]));
    return { ready: Object.values(parts).every((part) => part.ready), parts };
  }
}
