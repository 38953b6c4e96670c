/** Wakes one who waits. A ring that nobody waits for is heard by the next who does. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves once it has rung since it was last heard, or the signal aborts. */
  async heard(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake?.();
    signal.addEventListener('abort', wake);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#rung || signal.aborted) resolve();
    });
    signal.removeEventListener('abort', wake);
    this.#wake = undefined;
    this.#rung = false;
  }
}
