/**
 * Many appends on their way at once, each stream's in order.
 *
 *   enqueue ─▶ waiting ─(room)─▶ sent ─▶ answered ─(all before it in its stream are settled)─▶ settled
 *                 ▲                        │ unknown: it and all behind it in its stream, after a while
 *                 └────────────────────────┘
 *
 * An append keeps its ids and its expected revision however often it is sent, so sending it again cannot append it twice. A
 * refusal counts only once everything before it in its stream is settled: until then it may be refused for want of that.
 */
import { ThroughlineError } from '@throughline/contracts';
import type { AppendCall, Outcome } from './append-call.ts';
import { BackOff } from './back-off.ts';
import { problemOf } from './failure.ts';
import type { PreparedAppend } from './prepared.ts';

const MAX_SENT = 1024;
const MAX_SENT_BYTES = 8 * 1024 * 1024;
/** An append whose outcome stays unknown for so long is given up, by us; the caller may go on. */
const PATIENCE_MS = 20_000;

export type Settled = Exclude<Outcome, { kind: 'unknown' | 'refused' }>;

interface Job {
  readonly append: PreparedAppend;
  readonly until: number;
  /** Told apart from late answers to earlier tries. */
  tries: number;
  outcome: Outcome | undefined;
  resolve(outcome: Settled): void;
  reject(error: ThroughlineError): void;
}

/** The appends of one stream; the first `sent` of them have been sent. */
interface Lane {
  readonly stream: string;
  readonly jobs: Job[];
  readonly backOff: BackOff;
  sent: number;
  resting: boolean;
  /** Resolves once the last of them is settled. */
  last: Promise<void>;
}

export class AppendLanes {
  readonly #call: AppendCall;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes with something to send. */
  readonly #ready = new Set<Lane>();
  readonly #closing = new AbortController();
  #sent = 0;
  #sentBytes = 0;

  constructor(call: AppendCall) {
    this.#call = call;
  }

  /**
   * Resolves once it is known what became of the append.
   *
   * @throws ThroughlineError `log-unavailable`, `shutting-down`: the outcome is unknown; others, when the server refuses it.
   */
  async append(append: PreparedAppend): Promise<Settled> {
    if (this.#closing.signal.aborted) throw new ThroughlineError('shutting-down');
    const lane = this.#laneOf(append.stream);
    const settled = new Promise<Settled>((resolve, reject) => {
      const until = Date.now() + PATIENCE_MS;
      lane.jobs.push({ append, until, tries: 0, outcome: undefined, resolve, reject });
    });
    lane.last = settled.then(
      () => undefined,
      () => undefined,
    );
    if (!lane.resting) this.#ready.add(lane);
    this.#pump();
    return await settled;
  }

  /** The revision that the stream has when all on its way is appended; undefined when nothing is. */
  pendingRevision(stream: string): number | undefined {
    const jobs = this.#lanes.get(stream)?.jobs;
    const last = jobs?.[jobs.length - 1]?.append;
    return last && last.expectedRevision + last.events.length;
  }

  /** Resolves once nothing of the stream is on its way that is now. */
  async idle(stream: string): Promise<void> {
    await this.#lanes.get(stream)?.last;
  }

  /** Ends all waiting: whatever has no outcome by now has an unknown one. */
  close(): void {
    this.#closing.abort();
    for (const { jobs } of this.#lanes.values())
      for (const { reject } of jobs) reject(new ThroughlineError('shutting-down'));
    this.#lanes.clear();
    this.#ready.clear();
  }

  #laneOf(stream: string): Lane {
    let lane = this.#lanes.get(stream);
    if (!lane)
      this.#lanes.set(
        stream,
        (lane = { stream, jobs: [], backOff: new BackOff(), sent: 0, resting: false, last: Promise.resolve() }),
      );
    return lane;
  }

  #pump(): void {
    for (const lane of this.#ready) {
      while (lane.sent < lane.jobs.length) {
        if (this.#sent >= MAX_SENT || (this.#sent > 0 && this.#sentBytes >= MAX_SENT_BYTES)) return;
        const job = lane.jobs[lane.sent++]!;
        if (job.outcome === undefined) void this.#send(lane, job);
      }
      this.#ready.delete(lane);
    }
  }

  async #send(lane: Lane, job: Job): Promise<void> {
    const tries = ++job.tries;
    this.#sent++;
    this.#sentBytes += job.append.bytes;
    const outcome = await this.#call.send(job.append);
    this.#sent--;
    this.#sentBytes -= job.append.bytes;
    if (job.tries === tries) {
      job.outcome = outcome;
      this.#settle(lane);
    }
    this.#pump();
  }

  /** Settles what can be, from the front. */
  #settle(lane: Lane): void {
    for (let job = lane.jobs[0]; job?.outcome; job = lane.jobs[0]) {
      const { outcome } = job;
      if (outcome.kind === 'unknown' && Date.now() < job.until) {
        void this.#again(lane);
        return;
      }
      lane.jobs.shift();
      lane.sent = Math.max(0, lane.sent - 1);
      lane.backOff.reset();
      if (outcome.kind === 'unknown' || outcome.kind === 'refused') job.reject(problemOf(outcome.error));
      else job.resolve(outcome);
    }
    if (lane.jobs.length === 0) this.#lanes.delete(lane.stream);
  }

  /** Sends all that is not done yet once more, in its order, after a rest. */
  async #again(lane: Lane): Promise<void> {
    for (const job of lane.jobs) {
      if (job.outcome?.kind === 'done') continue;
      job.outcome = undefined;
      job.tries++;
    }
    lane.sent = 0;
    lane.resting = true;
    this.#ready.delete(lane);
    await lane.backOff.wait(this.#closing.signal);
    lane.resting = false;
    if (this.#closing.signal.aborted) return;
    this.#ready.add(lane);
    this.#pump();
  }
}
