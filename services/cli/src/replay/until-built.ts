import type { Client } from '../api/client.ts';
import type { ReplayAnswer } from '../api/replays.ts';
import { EXIT, Stop } from '../exit.ts';
import { buildingRow, nextStep, troublesOf } from '../show/standing.ts';
import { board } from '../terminal/board.ts';
import { follow } from './replays.ts';

/** Waits until a replay is built, and shows how far it has come. @throws Stop where it ends in any other way. */
export async function untilBuilt(client: Client, projection: string, replay: string): Promise<ReplayAnswer> {
  const live = board();
  let last: ReplayAnswer | undefined;
  try {
    for await (last of follow(client, projection, replay)) {
      troublesOf(last).forEach(live.say);
      live.show([buildingRow(last)]);
    }
  } finally {
    live.stop();
  }
  if (last?.state === 'built' || last?.state === 'promoted') return last;
  throw new Stop(
    EXIT.failed,
    `It is not built: ${last!.errors[0]?.detail ?? `it was ${last!.state}.`}`,
    nextStep(last!),
  );
}
