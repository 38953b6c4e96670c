import type { SubjectRow } from '@throughline/read-model';
import { partOf } from '@throughline/read-model';
import { finishCustomers } from '../customer-stage.ts';
import { Membership } from '../membership.ts';
import { ReadThrough } from '../read-through.ts';
import { idsOfDigit } from './shards.ts';
import { UNBUILT, type Builder, type FinishTask, type Tell } from './task.ts';

const DIGITS = 16;
/** Digits of an id that say how far along the ids of its first digit it is. */
const FAR = 8;

/** How many customers of a digit are finished. */
export function finishMark(digit: number): string {
  return `finish-${digit.toString(DIGITS)}`;
}

/** Finishes the touched customers of one digit, in the order of their ids, until none is left. */
export async function finishDigit<F, V>(
  { definition, stores, brake, limits }: Builder<F, V>,
  { digit, day, ticked }: FinishTask,
  tell: Tell,
): Promise<undefined> {
  const store = stores[partOf(digit.toString(DIGITS), stores.length)]!;
  const mark = finishMark(digit);
  let customers = ((await store.marks()).get(mark) as number | undefined) ?? 0;
  for (;;) {
    await brake.check();
    const touched = await store.touched(limits.slice, idsOfDigit(digit));
    if (touched.length === 0) break;
    const stage = {
      definition,
      rows: new ReadThrough<SubjectRow<F>>((subjects) => rowsOf(stores, subjects), limits.slice),
      membership: new Membership(store, limits.slice),
      share: undefined,
    };
    const contributions = await finishCustomers(stage, touched, { day, ticked });
    let finished = 0;
    for (const contribution of contributions.values()) if (contribution) finished++;
    customers += finished;
    await store.commit({
      checkpoint: UNBUILT,
      settled: false,
      contributions,
      finished: touched,
      marks: new Map([[mark, customers]]),
    });
    tell({ customers: finished, finished: { digit, share: shareOf(touched.at(-1)!) } });
  }
  tell({ finished: { digit, share: 1 } });
}

/** Rows of subjects, whichever part they are in. */
async function rowsOf<F>(
  stores: Builder<F, unknown>['stores'],
  subjects: readonly string[],
): Promise<readonly (SubjectRow<F> | undefined)[]> {
  if (stores.length === 1) return stores[0]!.subjects<F>(subjects);
  const found = new Map<string, SubjectRow<F> | undefined>();
  for (const [part, store] of stores.entries()) {
    const own = subjects.filter((subject) => partOf(subject, stores.length) === part);
    const rows = own.length > 0 ? await store.subjects<F>(own) : [];
    for (const [i, subject] of own.entries()) found.set(subject, rows[i]);
  }
  return subjects.map((subject) => found.get(subject));
}

function shareOf(id: string): number {
  return (Number.parseInt(id.slice(1, 1 + FAR), DIGITS) || 0) / DIGITS ** FAR;
}
