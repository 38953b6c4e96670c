import type { Argument } from './client.ts';

/** Arguments of one command, at most: a script can pass on some eight thousand. */
const MAX_ARGUMENTS = 4_000;
/** Of what one script writes, about: it holds up the server some tens of milliseconds. */
const MAX_PART = { arguments: 60_000, bytes: 8_000_000 };

/**
 * What one commit writes: commands on the tables of a shard, removals first, so that what is both removed and written is
 * there. Commands of one kind on one table are sent as one, which is several times as fast.
 */
export class WriteSet {
  readonly #dropped = new Set<string>();
  readonly #removals = new Map<string, Argument[]>();
  readonly #additions = new Map<string, Argument[]>();

  /** All that is in a table. */
  drop(table: string): void {
    this.#dropped.add(table);
  }

  set(table: string, field: Argument, value: Argument): void {
    within(this.#additions, `HSET ${table}`).push(field, value);
  }

  unset(table: string, field: Argument): void {
    within(this.#removals, `HDEL ${table}`).push(field);
  }

  /** Sets the field, or removes it where there is no value. */
  put(table: string, field: Argument, value: Argument | undefined): void {
    if (value === undefined) this.unset(table, field);
    else this.set(table, field, value);
  }

  /** Into a table in order: by score, then byte by byte. */
  rank(table: string, score: number, member: Argument): void {
    within(this.#additions, `ZADD ${table}`).push(score, member);
  }

  /** Adds to the values under a name, in a table whose names are in order in another; what comes to nothing goes. */
  sum(table: string, order: string, name: string, values: Buffer): void {
    within(this.#additions, `ADD:${order} ${table}`).push(name, values);
  }

  unrank(table: string, member: Argument): void {
    within(this.#removals, `ZREM ${table}`).push(member);
  }

  /** As scripts take it, in parts of bounded size: command, table, number of arguments, the arguments; and again. */
  parts(): readonly (readonly Argument[])[] {
    const parts = new Parts();
    for (const table of this.#dropped) parts.command('UNLINK', table, []);
    for (const [name, args] of this.#removals) parts.add(name, args, 1);
    for (const [name, args] of this.#additions) parts.add(name, args, 2);
    return parts.all;
  }
}

class Parts {
  readonly all: Argument[][] = [[]];
  #bytes = 0;

  /** @param step Arguments that belong together. */
  add(name: string, args: readonly Argument[], step: number): void {
    const [command, table] = name.split(' ') as [string, string];
    for (let from = 0; from < args.length;) {
      if (this.#bytes > MAX_PART.bytes || this.all.at(-1)!.length > MAX_PART.arguments) {
        this.all.push([]);
        this.#bytes = 0;
      }
      const most = Math.min(args.length, from + MAX_ARGUMENTS);
      let to = from;
      while (to < most && this.#bytes <= MAX_PART.bytes) {
        for (let i = to; i < to + step; i++) this.#bytes += sizeOf(args[i]!);
        to += step;
      }
      this.command(command, table, args.slice(from, to));
      from = to;
    }
  }

  command(command: string, table: string, args: readonly Argument[]): void {
    const part = this.all.at(-1)!;
    part.push(command, table, args.length);
    for (const argument of args) part.push(argument);
  }
}

function within(all: Map<string, Argument[]>, name: string): Argument[] {
  let args = all.get(name);
  if (!args) all.set(name, (args = []));
  return args;
}

function sizeOf(argument: Argument): number {
  return typeof argument === 'number' ? 8 : argument.length;
}
