import { identityStream, ThroughlineError, type Decision, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { compareIdentities, evolvePartition, initialPartition, type Partition } from '@throughline/identity';
import { openIdentityAt } from '@throughline/read-model';
import { rulesVersion } from '@throughline/versions';
import { setTimeout as rest } from 'node:timers/promises';
import type { CompareTask, IdentityPlace, TaskOn } from './tasks.ts';

/** How long one may take to get there, milliseconds. */
const PATIENCE = 100_000;
const LOOK_AGAIN = 50;

/**
 * Compares what two versions of identity decided on exactly what is at or before a position: nobody has to hold still for it, since a decision
 * names the event that it answers.
 *
 * @throws ThroughlineError `diff-failed` when one of them does not get there.
 */
export async function compareThere({ position, from, to }: CompareTask, on: TaskOn): Promise<void> {
  const { log, place, signal, tell } = on;
  const partitions: Partition[] = [];
  for (const version of [from, to]) {
    const lastDecision = await decidedThrough(place, version, position, signal);
    await log.reached?.(lastDecision);
    partitions.push(await partitionAt(log, version, position));
  }
  const [before, after] = partitions as [Partition, Partition];
  tell?.({ report: compareIdentities({ from, to, position }, before, after) });
}

/** Waits until all that is at or before the position is decided. @returns where the last decision stands. */
async function decidedThrough(
  { views, graph }: IdentityPlace,
  version: string,
  position: Position,
  signal: AbortSignal,
): Promise<Position> {
  const reader = await openIdentityAt(views, { dir: graph, rules: rulesVersion(version) });
  try {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const { through, lastDecision } = await reader.progress();
      if (through >= position) return lastDecision;
      if (performance.now() > deadline) throw new ThroughlineError('diff-failed', `${version} does not catch up.`);
      await rest(LOOK_AGAIN, undefined, { signal });
    }
  } finally {
    await reader.close();
  }
}

async function partitionAt(log: LogReader, version: string, position: Position): Promise<Partition> {
  let partition = initialPartition();
  for await (const { type, data } of log.readStream(identityStream(rulesVersion(version)))) {
    const decision = data as Decision;
    // Decisions stand in the order of what they answer.
    if (decision.cause > position) break;
    partition = evolvePartition(partition, { type, data: decision } as never);
  }
  return partition;
}
