/** Finds out how replays stand. */
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY } from '@throughline/contracts';
import type { DiffAnswer, ReplayAnswer, ReplayState, ReplaysAnswer, VersionsAnswer } from '../api/replays.ts';
import type { Client } from '../api/client.ts';
import { EXIT, Stop } from '../exit.ts';

/** Those of a projection that are neither given to readers nor given up: one at a time. */
const OPEN: ReadonlySet<ReplayState> = new Set(['building', 'paused', 'failed', 'built']);

/** How one projection stands: its versions, and the replay that is open. */
export interface Standing {
  readonly projection: string;
  readonly versions: VersionsAnswer;
  readonly replay: ReplayAnswer | null;
}

export async function standingOf(client: Client, projection: string): Promise<Standing> {
  const [versions, replays] = await Promise.all([
    client.get<VersionsAnswer>(`/projections/${projection}/versions`),
    client.get<ReplaysAnswer>(`/projections/${projection}/replays`),
  ]);
  return { projection, versions, replay: openOf(replays) ?? null };
}

/** @throws Stop (not found) where none is open. */
export async function openReplay(client: Client, projection: string): Promise<ReplayAnswer> {
  const open = openOf(await client.get<ReplaysAnswer>(`/projections/${projection}/replays`));
  if (open) return open;
  throw new Stop(EXIT.notFound, `No replay of ${projection} is open.`, `Start one: ${howToStart(projection)}`);
}

/** The command that builds another version. */
export function howToStart(projection: string): string {
  return projection === IDENTITY
    ? 'npx throughline identity reresolve --rules <file>'
    : `npx throughline replay start ${projection}`;
}

const openOf = ({ items }: ReplaysAnswer): ReplayAnswer | undefined => items.find(({ state }) => OPEN.has(state));

const ASK_EVERY_MS = 500;
/** What was durably asked for may be known to those who answer a little later. */
const UNKNOWN_FOR_MS = 30_000;

/** How a replay stands, again and again until it is built, failed, or over. */
export async function* follow(client: Client, projection: string, replay: string): AsyncGenerator<ReplayAnswer> {
  const known = patiently();
  for (;;) {
    const answer = await known(() => client.get<ReplayAnswer>(`/projections/${projection}/replays/${replay}`));
    if (answer) yield answer;
    if (answer && answer.state !== 'building' && answer.state !== 'paused') return;
    await sleep(ASK_EVERY_MS);
  }
}

/** The comparison that was asked for under this id, once it has been made or has failed. */
export async function comparison(client: Client, projection: string, replay: string, id: string): Promise<DiffAnswer> {
  const known = patiently();
  for (;;) {
    const answer = await known(() =>
      client.get<DiffAnswer>(`/projections/${projection}/replays/${replay}/diff`, { wait: '30' }),
    );
    if (answer?.diff === id && answer.state !== 'comparing') return answer;
    await sleep(ASK_EVERY_MS);
  }
}

/** Takes "there is no such thing" for "not yet", for a while. */
function patiently(): <T>(ask: () => Promise<T>) => Promise<T | undefined> {
  const begun = Date.now();
  return async (ask) => {
    try {
      return await ask();
    } catch (error) {
      const isTooEarly =
        error instanceof Stop && error.exitCode === EXIT.notFound && Date.now() - begun < UNKNOWN_FOR_MS;
      if (isTooEarly) return undefined;
      throw error;
    }
  };
}
