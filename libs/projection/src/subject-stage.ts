import type { Position, ProjectionDefinition, Touchpoint } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { CellSums, Parked, SubjectRow } from '@throughline/read-model';
import { eventCells, fold, foldCarefully, type Failures } from './fold.ts';
import { asTouchpoint, loadCounting, NAMES_NONE, ownHistory, retractedBy } from './loader.ts';
import type { Moves } from './moves.ts';
import { ParkedChanges } from './parked-changes.ts';
import type { ReadThrough } from './read-through.ts';
import type { Repairs } from './repairs.ts';
import type { Arrivals, SortedBatch } from './sorted-batch.ts';

/** What the subject stage works with. It never sees identity. */
export interface SubjectStage<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  readonly log: Pick<LogReader, 'readStream'>;
  readonly rows: ReadThrough<SubjectRow<F>>;
  readonly moves: Moves;
  /** Whether a subject's row is this stage's to fold; those of other parts are theirs. */
  readonly owns: (subject: string) => boolean;
  /** Takes the changes to event cells. */
  readonly cells: CellSums;
  /** Touchpoints that are left out for good where they cannot be folded. */
  readonly cleared: ReadonlySet<string>;
}

/** A batch of the log, and between which positions it lies. */
export interface Step extends SortedBatch {
  readonly since: Position;
  readonly through: Position;
  readonly repairs: Repairs;
}

export interface SubjectOutcome {
  /** Subjects that may have another fragment than before. */
  readonly changed: ReadonlySet<string>;
  readonly parked: ReadonlyMap<string, Parked | undefined>;
}

/** What one step works out on its way. */
interface Work {
  readonly parked: ParkedChanges;
  /** Touchpoints that only add, by the subject they count for. */
  readonly toFold: Map<string, Touchpoint[]>;
  /** Subjects from which something was taken away, or to which something could not be added. */
  readonly toFoldAgain: Set<string>;
  readonly failures: Failures;
}

/**
 * Folds one step: fragments and event cells. Invariant 2: afterwards each fragment is a function of the set of un-retracted
 * touchpoints that count for its subject, up to `through`. What only adds is added; where something is taken away (a
 * retraction, a move), the subject is folded again from its streams.
 *
 * Event cells count each touchpoint that is not retracted, wherever it is moved to.
 */
export async function foldSubjects<F, V>(stage: SubjectStage<F, V>, step: Step): Promise<SubjectOutcome> {
  const moved = stage.moves.apply(step.moves);
  const named = new Set([...step.repairs.subjects].flatMap((subject) => [...stage.moves.sources(subject)]));
  const work: Work = {
    parked: new ParkedChanges(),
    toFold: new Map(),
    toFoldAgain: new Set([...moved, ...named].filter(stage.owns)),
    failures: new Map(),
  };
  for (const id of step.repairs.cleared) work.parked.release(id);
  await countAgain(stage, [...named].filter(stage.owns), step.since);
  await stage.rows.load([...step.arrivals.keys()].filter(stage.owns));
  for (const [home, arrivals] of step.arrivals) {
    if (!stage.owns(home)) {
      // Read for the sake of what was moved from there to here.
      foldAround(stage, work, home);
      continue;
    }
    if (arrivals.retractions.length > 0) await retract(stage, work, home, arrivals, step.since);
    count(stage, work, home, arrivals);
  }
  await stage.rows.load(work.toFold.keys());
  const changed = new Set(work.toFoldAgain);
  for (const [subject, touchpoints] of work.toFold) {
    if (changed.has(subject)) continue;
    if (add(stage, work, subject, touchpoints)) changed.add(subject);
  }
  for (const subject of work.toFoldAgain) await foldAgain(stage, work, subject, step.through);
  return { changed, parked: work.parked.all };
}

/** Adds the event cells of what could not be counted before this step, and can be now. */
async function countAgain<F, V>(
  { definition, log, rows, cells }: SubjectStage<F, V>,
  homes: readonly string[],
  since: Position,
): Promise<void> {
  await rows.load(homes);
  for (const home of homes) {
    const row = rows.get(home);
    const uncounted = new Set(row?.uncounted);
    if (uncounted.size === 0) continue;
    const { touchpoints } = await ownHistory(log, home, since);
    for (const event of touchpoints) {
      const added = uncounted.has(event.id) && eventCells(definition, asTouchpoint(event), new Map());
      if (!added) continue;
      cells.add(added);
      uncounted.delete(event.id);
    }
    rows.set(home, { ...row, uncounted: [...uncounted] });
  }
}

/** Notes what no longer counts, and takes out again what had been counted before this step. */
async function retract<F, V>(
  stage: SubjectStage<F, V>,
  work: Work,
  home: string,
  { retractions }: Arrivals,
  since: Position,
): Promise<void> {
  const { definition, log, rows, cells, cleared } = stage;
  const row = rows.get(home);
  const known = new Set(row?.retracted);
  const named = new Set<string>();
  for (const event of retractions) {
    const id = retractedBy(event);
    if (id !== undefined) {
      if (!known.has(id)) named.add(id);
    } else if (!cleared.has(event.id)) work.parked.park(event.id, home, NAMES_NONE);
  }
  if (named.size === 0) return;
  const uncounted = new Set(row?.uncounted);
  rows.set(home, {
    ...row,
    retracted: [...known, ...named],
    ...(uncounted.size > 0 && { uncounted: [...uncounted].filter((id) => !named.has(id)) }),
  });
  const { touchpoints } = await ownHistory(log, home, since);
  for (const event of touchpoints) {
    if (!named.has(event.id)) continue;
    if (!uncounted.has(event.id)) cells.add(eventCells(definition, asTouchpoint(event), new Map()) ?? [], -1);
    foldAround(stage, work, home);
  }
}

/** Has every subject folded again for which touchpoints of this home may count. */
function foldAround<F, V>({ moves, owns }: SubjectStage<F, V>, work: Work, home: string): void {
  for (const subject of moves.sources(home)) if (owns(subject)) work.toFoldAgain.add(subject);
}

/** Adds the event cells of what arrived, and sorts it by the subject it counts for. */
function count<F, V>(
  { definition, rows, moves, owns, cells }: SubjectStage<F, V>,
  work: Work,
  home: string,
  { touchpoints }: Arrivals,
): void {
  const row = rows.get(home);
  const retracted = row?.retracted;
  const uncounted: string[] = [];
  for (const event of touchpoints) {
    if (retracted?.includes(event.id)) continue;
    const touchpoint = asTouchpoint(event);
    const added = eventCells(definition, touchpoint, work.failures);
    if (added) cells.add(added);
    else uncounted.push(event.id);
    const subject = moves.none ? home : moves.place(home, touchpoint);
    if (subject !== home && !owns(subject)) continue;
    const queue = work.toFold.get(subject);
    if (queue) queue.push(touchpoint);
    else work.toFold.set(subject, [touchpoint]);
  }
  if (uncounted.length > 0) rows.set(home, { ...row, uncounted: [...(row?.uncounted ?? []), ...uncounted] });
}

/** Adds touchpoints to their subject; answers whether they left anything there. */
function add<F, V>(
  { definition, rows, cleared }: SubjectStage<F, V>,
  work: Work,
  subject: string,
  touchpoints: readonly Touchpoint[],
): boolean {
  const row = rows.get(subject);
  const about = touchpoints.filter(isAboutSomebody);
  let fragment = row?.fragment;
  if (about.length > 0) {
    fragment = fold(definition, fragment, about);
    if (fragment === undefined) {
      // The fragment at hand is spoilt, and those before it were changed into it.
      work.toFoldAgain.add(subject);
      return true;
    }
  }
  const failed = touchpoints.filter(({ id }) => work.failures.has(id) && !cleared.has(id)).map(({ id }) => id);
  if (about.length === 0 && failed.length === 0) return false;
  for (const id of failed) work.parked.park(id, subject, work.failures.get(id)!);
  rows.set(
    subject,
    rowOf({
      ...row,
      type: row?.type || typeOf(subject, about),
      fragment,
      parked: [...(row?.parked ?? []), ...failed],
    }),
  );
  return true;
}

async function foldAgain<F, V>(
  stage: SubjectStage<F, V>,
  work: Work,
  subject: string,
  through: Position,
): Promise<void> {
  const { rows } = stage;
  await rows.load([subject]);
  const { type, fragment, failures } = await foldStreams(stage, subject, through);
  const row = rows.get(subject);
  for (const id of row?.parked ?? []) work.parked.release(id);
  for (const [id, error] of failures) work.parked.park(id, subject, error);
  rows.set(subject, rowOf({ ...row, type, fragment, parked: [...failures.keys()] }));
}

/** What the streams that count for one subject come to. */
export interface FoldedStreams<F> {
  readonly type: string | undefined;
  readonly fragment: F | undefined;
  readonly failures: Failures;
}

/** Folds one subject by itself, from its streams up to a position, and leaves out what cannot be folded. */
export async function foldStreams<F, V>(
  { definition, log, moves, cleared }: Pick<SubjectStage<F, V>, 'definition' | 'log' | 'moves' | 'cleared'>,
  subject: string,
  through: Position,
): Promise<FoldedStreams<F>> {
  const counting = (await loadCounting(log, subject, through, moves)).map(asTouchpoint);
  const failures: Failures = new Map();
  for (const touchpoint of counting) eventCells(definition, touchpoint, failures);
  const about = counting.filter(isAboutSomebody);
  let fragment: F | undefined;
  if (about.length > 0) {
    fragment = fold(definition, undefined, about) ?? foldCarefully(definition, about, failures);
  }
  for (const id of failures.keys()) if (cleared.has(id)) failures.delete(id);
  return { type: typeOf(subject, about), fragment, failures };
}

/** A touchpoint about nobody known counts in event cells and on no customer. */
export function isAboutSomebody({ data }: Touchpoint): boolean {
  return data.keys.length > 0;
}

/** Type of the subject's key: empty while only touchpoints moved from elsewhere count, undefined of nobody known. */
export function typeOf(subject: string, about: readonly Touchpoint[]): string | undefined {
  if (about.length === 0) return undefined;
  return about.find(({ data }) => data.keys[0]!.key === subject)?.data.keys[0]!.type ?? '';
}

/** A row without empty parts; undefined when nothing is left that must be remembered. */
export function rowOf<F>(parts: {
  type: string | undefined;
  fragment: F | undefined;
  retracted?: readonly string[] | undefined;
  parked: readonly string[];
  uncounted?: readonly string[] | undefined;
}): SubjectRow<F> | undefined {
  const { type, fragment, retracted, parked, uncounted = [] } = parts;
  if (fragment === undefined && retracted === undefined && parked.length + uncounted.length === 0) return undefined;
  return {
    ...(type !== undefined && { type }),
    ...(fragment !== undefined && { fragment }),
    ...(retracted !== undefined && { retracted }),
    ...(parked.length > 0 && { parked }),
    ...(uncounted.length > 0 && { uncounted }),
  };
}
