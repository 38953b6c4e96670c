/**
 * The one writer of the node: every command that changes a stream goes through it, in rounds.
 *
 *   command ─▶ queue ─▶ round: decided one after the other, by what is durable and by the round's own draft
 *                        └▶ one append call of the embedded log, one sync ─▶ answers ─▶ next round
 *
 * While a round is on its way to disk the next one gathers, so that a busy node syncs once for many commands.
 */
import type { Append, AppendResult, EmbeddedLog } from '@throughline/event-log';
import { BoundedMap } from './bounded-map.ts';
import { decide, type Command, type Outcome } from './decide.ts';
import { Draft, type Memory } from './draft.ts';

const REMEMBERED_STREAMS = 100_000;
/** EventStoreDB remembers ids in 8 MiB, for appends that expect nothing exact. */
const REMEMBERED_IDS = 65_536;
const ROUND_BYTES = 4 * 1024 * 1024;
const ROUND_COMMANDS = 2000;

interface Pending {
  readonly command: Command;
  readonly bytes: number;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

export class Writer {
  readonly #log: EmbeddedLog;
  readonly #memory: Memory = { facts: new BoundedMap(REMEMBERED_STREAMS), ids: new BoundedMap(REMEMBERED_IDS) };
  readonly #queue: Pending[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;

  constructor(log: EmbeddedLog) {
    this.#log = log;
  }

  /** Bytes of events that wait for a round. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** @throws when the log could not be written: whether the command took effect is unknown. */
  submit(command: Command): Promise<Outcome> {
    const bytes = command.kind === 'append' ? sizeOf(command.events) : 0;
    return new Promise((resolve, reject) => {
      this.#queue.push({ command, bytes, resolve, reject });
      this.#queuedBytes += bytes;
      this.#running ??= Promise.resolve().then(() => this.#run());
    });
  }

  /** Resolves once nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) await this.#round(this.#take());
    this.#running = undefined;
  }

  #take(): Pending[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && count < ROUND_COMMANDS && bytes < ROUND_BYTES)
      bytes += this.#queue[count++]!.bytes;
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  async #round(round: readonly Pending[]): Promise<void> {
    let draft: Draft | undefined;
    try {
      draft = await Draft.of(this.#log, this.#memory, round.map(concernOf));
      const now = Date.now();
      const appends: Append[] = [];
      const answers: ((results: readonly AppendResult[]) => Outcome)[] = [];
      for (const { command } of round) {
        const plan = decide(command, draft, now);
        if ('outcome' in plan) {
          answers.push(() => plan.outcome);
          continue;
        }
        const told = appends.length;
        appends.push(...plan.appends);
        answers.push((results) => outcomeOf(results[told]!));
      }
      const outcomes = answersTo(answers, appends.length > 0 ? await this.#log.append(appends) : []);
      draft.keep();
      round.forEach(({ resolve }, i) => resolve(outcomes[i]!));
    } catch (error) {
      draft?.forget();
      for (const { reject } of round) reject(error);
    }
  }
}

function answersTo(
  answers: readonly ((results: readonly AppendResult[]) => Outcome)[],
  results: readonly AppendResult[],
): Outcome[] {
  return answers.map((answer) => answer(results));
}

function outcomeOf(result: AppendResult): Outcome {
  if (result.ok) return { ok: true, revision: result.revision, position: result.position };
  // Stored ids name stream and revision, so none can stand elsewhere.
  if (result.reason === 'KNOWN_ID') throw new Error('The log knows an id that cannot be there.');
  return { ok: false, reason: 'WRONG_REVISION', actual: result.actual };
}

function concernOf({ command }: Pending) {
  const mayBeginAgain = command.kind === 'append' && command.expected === 'no_stream';
  return { stream: command.stream, firstIds: mayBeginAgain ? command.events.length : 0 };
}

function sizeOf(events: Extract<Command, { kind: 'append' }>['events']): number {
  return events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
}
