import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { openLog, type EmbeddedLog } from '@throughline/event-log';
import fc from 'fast-check';
import { factsOf, isThere, readForwards } from '../src/read/read-stream.ts';
import type { Expected } from '../src/store/admission.ts';
import type { Command, Outcome } from '../src/store/decide.ts';
import { envelopeOf, type ProposedEvent } from '../src/store/stored-event.ts';
import { Writer } from '../src/store/writer.ts';
import { newFolder } from './support/node.ts';

/** EventStoreDB's rules for one stream, written down once more, for one command at a time and all of the past at hand. */
class ModelStream {
  ids: string[] = [];
  metadataRevision = -1;
  from = 0;
  isDeleted = false;
  isTombstoned = false;
  /** The newest revision of each id, as far as a writer that has not restarted remembers. */
  remembered = new Map<string, number>();

  get last(): number {
    return this.ids.length - 1;
  }

  apply(command: Command): string {
    if (this.isTombstoned) return 'STREAM_DELETED';
    const { expected } = command;
    if (expected === 'stream_exists') {
      if (this.isDeleted) return 'STREAM_DELETED';
      if (this.last < 0 && this.metadataRevision < 0) return this.#wrong();
    }
    const ids = command.kind === 'append' ? command.events.map(({ id }) => id) : [randomUUID()];
    if (typeof expected === 'string' && expected !== 'no_stream') {
      const known = ids.map((id) => this.remembered.get(id));
      if (known[0] !== undefined) return known.includes(undefined) ? this.#wrong() : `ok ${known[known.length - 1]}`;
    } else {
      const after = expected === 'no_stream' ? -1 : Number(expected);
      if (after > this.last) return this.#wrong();
      if (after < this.last) {
        const different = ids.findIndex((id, i) => this.ids[after + 1 + i] !== id);
        if (different === -1) return `ok ${after + ids.length}`;
        if (different > 0 || expected !== 'no_stream' || !this.isDeleted) return this.#wrong();
      }
    }
    if (command.kind === 'append') return this.#add(ids);
    if (command.kind === 'tombstone') {
      this.isTombstoned = true;
      return 'ok';
    }
    if (this.last < 0 && this.metadataRevision < 0) return this.#wrong();
    this.metadataRevision++;
    this.isDeleted = true;
    return 'ok';
  }

  shown(): string[] | 'not there' {
    return this.last < 0 || this.isDeleted || this.isTombstoned ? 'not there' : this.ids.slice(this.from);
  }

  #add(ids: readonly string[]): string {
    if (this.isDeleted) {
      this.isDeleted = false;
      this.from = this.ids.length;
      this.metadataRevision++;
    }
    for (const id of ids) this.remembered.set(id, this.ids.push(id) - 1);
    return `ok ${this.last}`;
  }

  #wrong(): string {
    return `WRONG_REVISION ${this.last}`;
  }
}

function told(command: Command, outcome: Outcome): string {
  if (outcome.ok) return command.kind === 'append' ? `ok ${outcome.revision}` : 'ok';
  return outcome.reason === 'WRONG_REVISION' ? `WRONG_REVISION ${outcome.actual}` : outcome.reason;
}

const event = (id: string): ProposedEvent => ({
  id,
  type: 'test',
  isJson: true,
  data: Buffer.from('{}'),
  metadata: new Uint8Array(0),
});

/** Few ids and few streams, so that things meet. */
const IDS = Array.from({ length: 6 }, () => randomUUID());
const STREAMS = ['a', 'b'];

const expectation = fc.oneof(
  fc.constantFrom<Expected>('any', 'no_stream', 'stream_exists'),
  fc.nat(5).map((revision): Expected => BigInt(revision)),
);
const command = fc
  .record({ stream: fc.constantFrom(...STREAMS), expected: expectation })
  .chain(({ stream, expected }) =>
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc
          .array(fc.constantFrom(...IDS), { minLength: 1, maxLength: 3 })
          .map((ids): Command => ({ kind: 'append', stream, expected, events: ids.map(event), deadline: Infinity })),
      },
      { weight: 2, arbitrary: fc.constant<Command>({ kind: 'delete', stream, expected, deadline: Infinity }) },
      { weight: 1, arbitrary: fc.constant<Command>({ kind: 'tombstone', stream, expected, deadline: Infinity }) },
    ),
  );
/** Commands that come in one breath; before some, the node was restarted. */
const round = fc.record({ restart: fc.boolean(), commands: fc.array(command, { minLength: 1, maxLength: 6 }) });

async function shownBy(log: EmbeddedLog, stream: string): Promise<string[] | 'not there'> {
  const facts = await factsOf(log, stream);
  if (facts.isTombstoned || !isThere(facts)) return 'not there';
  const ids: string[] = [];
  for await (const page of readForwards(log, stream, facts, 'start'))
    ids.push(...page.map((read) => envelopeOf(read).id));
  return ids;
}

describe('The writer', () => {
  test('decides whatever comes, together or apart, restarted or not, as EventStoreDB’s rules say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 8 }), async (rounds) => {
        const dir = await newFolder();
        let log = await openLog({ dir });
        try {
          let writer = new Writer(log);
          const model = new Map(STREAMS.map((stream) => [stream, new ModelStream()]));
          for (const { restart, commands } of rounds) {
            if (restart) {
              await log.close();
              log = await openLog({ dir });
              writer = new Writer(log);
              for (const stream of model.values()) stream.remembered.clear();
            }
            const outcomes = await Promise.all(commands.map((each) => writer.submit(each)));
            const expected = commands.map((each) => model.get(each.stream)!.apply(each));
            expect(commands.map((each, i) => told(each, outcomes[i]!))).toEqual(expected);
            for (const stream of STREAMS) expect(await shownBy(log, stream)).toEqual(model.get(stream)!.shown());
          }
        } finally {
          await log.close();
          await rm(dir, { recursive: true });
        }
      }),
      { numRuns: 300 },
    );
  });
});
