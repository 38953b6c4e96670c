import { finishDigit } from './finish-customers.ts';
import { foldShards } from './fold-shards.ts';
import { survey } from './survey.ts';
import type { Builder, ResultOf, Task, Tell } from './task.ts';

/** Those who do the tasks of a build. */
export interface Crew {
  /** How many tasks they do at a time. */
  readonly size: number;
  run<T extends Task>(task: T, tell: Tell): Promise<ResultOf<T>>;
}

export async function doTask<F, V, T extends Task>(builder: Builder<F, V>, task: T, tell: Tell): Promise<ResultOf<T>> {
  return (await done(builder, task, tell)) as ResultOf<T>;
}

function done<F, V>(builder: Builder<F, V>, task: Task, tell: Tell): Promise<ResultOf<Task>> {
  switch (task.kind) {
    case 'survey':
      return survey(builder, task, tell);
    case 'fold':
      return foldShards(builder, task, tell);
    case 'finish':
      return finishDigit(builder, task, tell);
  }
}

/** Does tasks in this thread. */
export function crewHere<F, V>(builder: Builder<F, V>, size = 1): Crew {
  return { size, run: (task, tell) => doTask(builder, task, tell) };
}
