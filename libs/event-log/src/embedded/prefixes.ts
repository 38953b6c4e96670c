const BYTES = 256;
const NONE = 0;
const END = -1;

/** Which names begin with one of some prefixes: a tree of their bytes, walked once for a name, however many prefixes there are. */
export class Prefixes {
  /** Of each node, by the next byte: the node that follows, `END` where a prefix is complete, `NONE` where none goes on so. */
  readonly #next: Int32Array;
  readonly #all: boolean;

  constructor(prefixes: readonly string[]) {
    this.#all = prefixes.includes('');
    const nodes = [new Int32Array(BYTES)];
    for (const prefix of prefixes) {
      const bytes = Buffer.from(prefix);
      let node = 0;
      for (const [i, byte] of bytes.entries()) {
        const next = nodes[node]![byte]!;
        // A shorter one says the same of more names.
        if (next === END) break;
        if (i === bytes.length - 1) nodes[node]![byte] = END;
        else if (next !== NONE) node = next;
        else node = nodes[node]![byte] = nodes.push(new Int32Array(BYTES)) - 1;
      }
    }
    this.#next = new Int32Array(nodes.length * BYTES);
    for (const [i, node] of nodes.entries()) this.#next.set(node, i * BYTES);
  }

  /** Whether the name at `from` of the buffer, `length` bytes long, begins with one of them. */
  begin(buffer: Buffer, from: number, length: number): boolean {
    let node = 0;
    for (let at = from, end = from + length; at < end; at++) {
      node = this.#next[node * BYTES + buffer[at]!]!;
      if (node === NONE) return this.#all;
      if (node === END) return true;
    }
    return this.#all;
  }
}
