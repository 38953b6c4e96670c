import {
  dayToText,
  Tallying,
  ThroughlineError,
  type Position,
  type Sample,
  type Tally,
  type VersionDiff,
} from '@throughline/contracts';
import type { VersionShelf, VersionSnapshot } from '@throughline/read-model';
import { DiffMaker, pair } from '@throughline/versions';
import { setTimeout as rest } from 'node:timers/promises';

export interface DiffVersions {
  readonly shelf: Pick<VersionShelf, 'projection' | 'open' | 'snapshot'>;
  readonly from: Side;
  readonly to: Side;
  /** Where both are to stand: their writers hold still there. */
  readonly position: Position;
  /** Only these customers are compared; then nobody keeps `to`, and `build` is called to have it at the position. */
  readonly sample?: Sample | undefined;
  build(): Promise<void>;
  /** Lets the writers go on. May be called more than once. */
  release(): void;
  readonly signal: AbortSignal;
}

interface Side {
  readonly name: string;
  /** Its name in the store. */
  readonly stored: string;
}

/** How long the writers may take to get there, milliseconds. */
const PATIENCE = 100_000;
const LOOK_AGAIN = 20;
const DIGITS = 16;

/**
 * Compares what two versions hold at one position.
 *
 * @throws ThroughlineError `diff-failed` when one of them does not come to stand there, or has gone on before it was read.
 */
export async function diffVersions(diff: DiffVersions): Promise<VersionDiff> {
  const { shelf, from, to, position, sample, release } = diff;
  const opened: VersionSnapshot[] = [];
  const open = async (version: string): Promise<VersionSnapshot> => {
    const snapshot = await shelf.snapshot(version);
    if (!snapshot) throw new ThroughlineError('diff-failed', `There is no ${version}.`);
    opened.push(snapshot);
    const stands = snapshot.checkpoints.every((checkpoint) => checkpoint.position === position);
    if (!stands) throw new ThroughlineError('diff-failed', `${version} has gone on.`);
    return snapshot;
  };
  try {
    const held = sample ? [from.stored] : [from.stored, to.stored];
    const day = await standing(diff, held);
    const before = await open(from.stored);
    if (sample) {
      if (before.isLasting) release();
      await diff.build();
    }
    const after = await open(to.stored);
    if (before.isLasting && after.isLasting) release();
    const maker = new DiffMaker({
      projection: shelf.projection,
      from: from.name,
      to: to.name,
      position,
      day: dayToText(day),
      ...(sample ? { sample } : { folded: foldedBy(before, after) }),
    });
    await compare(before, after, maker, diff);
    // What was read while its writer stood still is of one position; if it has gone on meanwhile it is not.
    if (!before.isLasting) await standing(diff, held);
    return maker.diff();
  } finally {
    release();
    await Promise.all(opened.map((snapshot) => snapshot.close()));
  }
}

async function compare(
  before: VersionSnapshot,
  after: VersionSnapshot,
  maker: DiffMaker,
  { sample, signal }: DiffVersions,
): Promise<void> {
  for await (const [customer, was, is] of pair(before.contributions(), after.contributions())) {
    signal.throwIfAborted();
    if (sample && Number.parseInt(customer[0]!, DIGITS) >= sample.digits) break;
    maker.customer(customer, was, is);
  }
  // Cells are of everybody: they say nothing of a sample.
  if (sample) return;
  for await (const cell of before.cells()) maker.cellBefore(cell);
  for await (const cell of after.cells()) maker.cellAfter(cell);
}

/** Waits until all show exactly what is at or before the position. @returns the day they stand for */
async function standing({ shelf, position, signal }: DiffVersions, versions: readonly string[]): Promise<number> {
  const deadline = performance.now() + PATIENCE;
  let day = 0;
  for (const version of versions) {
    const opened = await shelf.open(version);
    if (!opened) throw new ThroughlineError('diff-failed', `There is no ${version}.`);
    try {
      for (let progress = await opened.reader.progress(); ; progress = await opened.reader.progress()) {
        day = progress.day ?? 0;
        if (progress.position === position) break;
        if (progress.position > position) throw new ThroughlineError('diff-failed', `${version} has gone on.`);
        if (performance.now() > deadline) throw new ThroughlineError('diff-failed', `${version} does not catch up.`);
        await rest(LOOK_AGAIN, undefined, { signal });
      }
    } finally {
      await opened.close();
    }
  }
  return day;
}

function foldedBy(before: VersionSnapshot, after: VersionSnapshot): NonNullable<VersionDiff['folded']> {
  const [from, to] = [tallyOf(before), tallyOf(after)];
  return { from, to, same: from.touchpoints === to.touchpoints && from.ids === to.ids };
}

function tallyOf({ checkpoints }: VersionSnapshot): Tally {
  const tallying = new Tallying();
  for (const { tally } of checkpoints) if (tally) tallying.join(tally);
  return tallying.tally;
}
