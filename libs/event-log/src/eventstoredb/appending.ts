/**
 * Appending so that an id is taken once.
 *
 *   append ─▶ looked up in the mirror ─▶ admitted, in the order of its stream ─▶ sent ─▶ known
 *                                          │ its id is on its way elsewhere: waits
 *                                          └ its ids are known: repeated, wrong revision, or known id
 *
 * The server is idempotent, with the exact revision that is always asked for: sent again, an append stands there once. It does
 * not know ids otherwise. Guaranteed here:
 *
 * 1. Within a stream an id is taken once, whoever appends: an append at revision r is sent only when every id of the stream up
 *    to r is known here, from the mirror, from what this process did itself, or read from the server just for that; and it
 *    succeeds only when nobody has appended since. (Of appends of one process that follow each other to a stream without
 *    waiting for answers, this holds unless the earlier one is refused.)
 * 2. Across streams an id is taken once among all that this process appends, and all that was in the log when the process
 *    began, or `caughtUp` was last called, and all that the mirror has read.
 * 3. What is left is a race: two processes append one id to two streams within the moment it takes the mirror to read one of
 *    them. Both stand; the mirror's index names the first in the order of the log, and identity retracts the other.
 *
 * `repeated` is told as far as the append was known here already. The server's answer names the last event's position, also
 * when the append stood there before; where the others stand is asked only when somebody wants to know.
 */
import { NO_STREAM, type AppendResult, type EventHome, type LogReader } from '../port.ts';
import type { AppendLanes, Settled } from './append-lanes.ts';
import type { KnownEvents, KnownHome } from './known.ts';
import { located } from './located.ts';
import type { PreparedAppend } from './prepared.ts';
import type { ServerReader } from './server-reader.ts';

export interface AppendingParts {
  readonly mirror: Pick<LogReader, 'find' | 'revisions'>;
  readonly server: Pick<ServerReader, 'readStream'>;
  readonly lanes: AppendLanes;
  readonly known: KnownEvents;
}

/** What the mirror said of an append. */
interface Mirrored {
  readonly revision: number;
  readonly homes: readonly (EventHome | undefined)[];
}

export class Appending {
  readonly #mirror: AppendingParts['mirror'];
  readonly #server: AppendingParts['server'];
  readonly #lanes: AppendLanes;
  readonly #known: KnownEvents;
  /** Ids on their way, each until it is settled. */
  readonly #onTheirWay = new Map<string, Promise<unknown>>();
  /** Of each stream the last append that needs a closer look, until it is settled: those behind it wait. */
  readonly #slow = new Map<string, Promise<unknown>>();

  constructor({ mirror, server, lanes, known }: AppendingParts) {
    this.#mirror = mirror;
    this.#server = server;
    this.#lanes = lanes;
    this.#known = known;
  }

  async append(appends: readonly PreparedAppend[]): Promise<readonly AppendResult[]> {
    const results = await this.#known.hold(async () => {
      const mirrored = await this.#lookUp(appends);
      return appends.map((append, i) => ({ result: this.#inOrder(append, mirrored[i]!) }));
    });
    // All of them are waited for, also when one fails: what is on its way must not be left behind.
    const settled = await Promise.allSettled(results.map(({ result }) => result));
    return settled.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  async #lookUp(appends: readonly PreparedAppend[]): Promise<Mirrored[]> {
    // The revisions first: the ids may then be known a little further, never less far.
    const revisions = await this.#mirror.revisions(appends.map(({ stream }) => stream));
    const homes = await this.#mirror.find(appends.flatMap(({ events }) => events.map(({ event }) => event.id)));
    let at = 0;
    return appends.map(({ events }, i) => ({ revision: revisions[i]!, homes: homes.slice(at, (at += events.length)) }));
  }

  /** Sends the append at once when nothing stands in the way; otherwise after all before it in its stream are settled. */
  #inOrder(append: PreparedAppend, mirrored: Mirrored): Promise<AppendResult> {
    const before = this.#slow.get(append.stream);
    if (before === undefined && this.#isClear(append, mirrored)) return this.#send(append);
    const result = (before ?? Promise.resolve()).then(() => this.#admit(append));
    const settled = result.then(...bothIgnored);
    this.#slow.set(append.stream, settled);
    void settled.finally(() => this.#slow.get(append.stream) === settled && this.#slow.delete(append.stream));
    return result;
  }

  /** Whether the append can be sent as it is: no id is known, and its stream is known up to where it belongs. */
  #isClear({ stream, expectedRevision, events }: PreparedAppend, { revision, homes }: Mirrored): boolean {
    const isNew = events.every(({ event }, i) => {
      const id = event.id.toLowerCase();
      return homes[i] === undefined && !this.#known.homeOf(id) && !this.#onTheirWay.has(id);
    });
    if (!isNew || (events.length > 1 && hasTwice(events.map(({ event }) => event.id)))) return false;
    const pending = this.#lanes.pendingRevision(stream);
    return pending === undefined
      ? this.#known.knownRevision(stream, revision) >= expectedRevision
      : pending === expectedRevision;
  }

  /** Answers, or sends, an append that needs a closer look. */
  async #admit(append: PreparedAppend): Promise<AppendResult> {
    const { stream, events } = append;
    for (;;) {
      await this.#lanes.idle(stream);
      await Promise.all(events.flatMap(({ event }) => this.#onTheirWay.get(event.id.toLowerCase()) ?? []));
      const decided = await this.#known.hold(() => this.#decide(append));
      if (decided) return await decided.result;
    }
  }

  /** The answer, in a box: it may still be on its way. Undefined when something else has to be waited for first. */
  async #decide(
    append: PreparedAppend,
  ): Promise<{ readonly result: AppendResult | Promise<AppendResult> } | undefined> {
    const { stream, expectedRevision, events } = append;
    const [mirrored] = await this.#lookUp([append]);
    if (this.#isClear(append, mirrored!)) return { result: this.#send(append) };
    const known = this.#known.knownRevision(stream, mirrored!.revision);
    const actual = Math.max(known, await this.#readOn(stream, known));
    if (this.#lanes.pendingRevision(stream) !== undefined || this.#isOnItsWay(append)) return undefined;
    const homes = events.map(({ event }, i) => mirrored!.homes[i] ?? this.#known.homeOf(event.id));
    if (isRepetition(append, homes)) return { result: this.#repeated(homes[homes.length - 1]!) };
    if (actual !== expectedRevision) return { result: { ok: false, reason: 'WRONG_REVISION', actual } };
    const ids = knownIds(append, homes);
    return { result: ids.length > 0 ? { ok: false, reason: 'KNOWN_ID', ids } : this.#send(append) };
  }

  #isOnItsWay({ events }: PreparedAppend): boolean {
    return events.some(({ event }) => this.#onTheirWay.has(event.id.toLowerCase()));
  }

  /** Gets to know a stream after a revision, up to its end; returns its last revision. */
  async #readOn(stream: string, known: number): Promise<number> {
    let last = NO_STREAM;
    for await (const { id, revision, position } of this.#server.readStream(stream, { from: known + 1 })) {
      this.#known.add(id, { stream, revision, position });
      last = revision;
    }
    return last;
  }

  async #send(append: PreparedAppend): Promise<AppendResult> {
    const ids = append.events.map(({ event }) => event.id.toLowerCase());
    const result = this.#lanes.append(append).then((outcome) => this.#finish(append, outcome));
    const settled = result.then(...bothIgnored);
    for (const id of ids) this.#onTheirWay.set(id, settled);
    try {
      return await result;
    } finally {
      for (const id of ids) this.#onTheirWay.delete(id);
    }
  }

  async #finish(append: PreparedAppend, outcome: Settled): Promise<AppendResult> {
    const { stream, expectedRevision, events } = append;
    if (outcome.kind === 'wrong-revision') {
      // So that whoever asks for the revision now, to try again, is told of what came in between.
      const [mirrored] = await this.#mirror.revisions([stream]);
      await this.#readOn(stream, this.#known.knownRevision(stream, mirrored!));
      return { ok: false, reason: 'WRONG_REVISION', actual: outcome.actual };
    }
    const revision = expectedRevision + events.length;
    // The server names the last event's position, and may leave it out when the append stood there already.
    const position =
      outcome.position ?? (await located(this.#server, { stream, revision, position: undefined })).position;
    const ids = events.map(({ event }) => event.id);
    this.#known.addTogether(ids, { stream, revision, position });
    return { ok: true, revision, position, repeated: false };
  }

  async #repeated(last: KnownHome): Promise<AppendResult> {
    const { revision, position } = await located(this.#server, last);
    return { ok: true, revision, position, repeated: true };
  }
}

const bothIgnored = [() => undefined, () => undefined] as const;

/** Whether the append's very events stand at its very revisions. */
function isRepetition(
  { stream, expectedRevision }: PreparedAppend,
  homes: readonly (KnownHome | undefined)[],
): boolean {
  return homes.every((home, i) => home?.stream === stream && home.revision === expectedRevision + 1 + i);
}

function knownIds({ events }: PreparedAppend, homes: readonly (KnownHome | undefined)[]): string[] {
  const seen = new Set<string>();
  return events.flatMap(({ event: { id } }, i) => {
    const isKnown = homes[i] !== undefined || seen.has(id.toLowerCase());
    seen.add(id.toLowerCase());
    return isKnown ? id : [];
  });
}

function hasTwice(ids: readonly string[]): boolean {
  return new Set(ids.map((id) => id.toLowerCase())).size < ids.length;
}
