import type { VersionDiff } from '@throughline/contracts';
import type { Explanation } from '../api/answers.ts';
import type { Client } from '../api/client.ts';
import { EXIT, Stop } from '../exit.ts';
import { movedParts, type ExplainedMover, type MovedPart } from './movers.ts';

/** The one field that the platform explains. */
const EXPLAINED = 'cem.score';

/** Asks both versions why those whom it moves most have the score they have. @returns by field. */
export async function explainMovers(
  client: Client,
  { fields, from, to }: VersionDiff,
  top: number,
): Promise<ReadonlyMap<string, readonly ExplainedMover[]>> {
  const field = fields.find((each) => each.field === EXPLAINED);
  const explained: ExplainedMover[] = [];
  for (const mover of field?.movers.slice(0, top) ?? [])
    explained.push({ ...mover, parts: await partsOf(client, mover.customer, from, to) });
  return field ? new Map([[EXPLAINED, explained]]) : new Map();
}

/** None for a customer who has gone into another meanwhile. */
async function partsOf(client: Client, customer: string, from: string, to: string): Promise<readonly MovedPart[]> {
  const by = (version: string) => client.get<Explanation>(`/customers/${customer}/explain`, { version });
  try {
    return movedParts(...(await Promise.all([by(from), by(to)])));
  } catch (error) {
    if (error instanceof Stop && error.exitCode === EXIT.notFound) return [];
    throw error;
  }
}
