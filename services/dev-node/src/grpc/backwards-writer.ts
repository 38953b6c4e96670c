/**
 * Writes a protobuf message from its end to its beginning, so that the length of whatever is nested is known when it is needed:
 * it has just been written. One message at a time.
 */
export class BackwardsWriter {
  #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #at = this.#buffer.length;

  /** Where the writing stands: what is nested ends here. */
  get end(): number {
    return this.#buffer.length - this.#at;
  }

  /** Writes tag and length of the nested message that began with writing at `end`. */
  nest(field: number, end: number): void {
    this.#lengthOf(field, this.end - end);
  }

  text(field: number, text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#make(bytes);
    this.#buffer.write(text, this.#at, bytes, 'utf8');
    this.#lengthOf(field, bytes);
  }

  base64(field: number, text: string): void {
    const bytes = Buffer.byteLength(text, 'base64');
    this.#make(bytes);
    this.#buffer.write(text, this.#at, bytes, 'base64');
    this.#lengthOf(field, bytes);
  }

  /** A whole number up to 2^53. */
  number(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field << 3);
  }

  /** Any number of 64 bits. */
  bigNumber(field: number, value: bigint): void {
    this.#make(10);
    let size = 1;
    for (let rest = value >> 7n; rest > 0n; rest >>= 7n) size++;
    this.#at += 10 - size;
    let rest = value;
    for (let i = 0; i < size; i++, rest >>= 7n)
      this.#buffer[this.#at + i] = Number(rest & 0x7fn) | (i < size - 1 ? 0x80 : 0);
    this.#varint(field << 3);
  }

  /** The message, in a buffer of its own. */
  take(): Buffer {
    const message = Buffer.from(this.#buffer.subarray(this.#at));
    this.#at = this.#buffer.length;
    return message;
  }

  #lengthOf(field: number, bytes: number): void {
    this.#varint(bytes);
    this.#varint((field << 3) | 2);
  }

  #varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.#make(size);
    let rest = value;
    for (let i = 0; i < size; i++, rest = Math.floor(rest / 0x80))
      this.#buffer[this.#at + i] = (rest % 0x80) | (i < size - 1 ? 0x80 : 0);
  }

  /** Makes room for so many bytes before what is written. */
  #make(bytes: number): void {
    if (bytes > this.#at) {
      const written = this.end;
      const bigger = Buffer.allocUnsafeSlow(2 * (this.#buffer.length + bytes));
      this.#buffer.copy(bigger, bigger.length - written, this.#at);
      this.#buffer = bigger;
      this.#at = bigger.length - written;
    }
    this.#at -= bytes;
  }
}
