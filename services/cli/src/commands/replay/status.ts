import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { VERSIONED_NAMES } from '@throughline/projections';
import { Client } from '../../api/client.ts';
import { checkVersioned } from '../../replay/definitions.ts';
import { standingOf, type Standing } from '../../replay/replays.ts';
import { buildingRow, standingText, troublesOf } from '../../show/standing.ts';
import { board } from '../../terminal/board.ts';
import { command, VERSIONED, show, type Asked } from './asked.ts';

const ASK_EVERY_MS = 1000;

export function statusCommand(): Command {
  return command(
    'status',
    'Shows the versions that there are, and how far what is being built has come. Errors first.',
    ['status', 'status cem --watch'],
  )
    .argument('[projection]', `${VERSIONED}; all of them without it`)
    .option('--watch', 'go on showing it until nothing is being built')
    .action(async (projection: string | undefined, asked: Asked & { readonly watch?: true }) => {
      const names = projection === undefined ? VERSIONED_NAMES : [checkVersioned(projection)];
      const client = new Client();
      const standings = asked.watch ? await watch(client, names) : await standingsOf(client, names);
      await show(standings, asked, standingText);
    });
}

function standingsOf(client: Client, names: readonly string[]): Promise<readonly Standing[]> {
  return Promise.all(names.map((name) => standingOf(client, name)));
}

/** @returns how they stand when nothing is being built any more. A paused one is not. */
async function watch(client: Client, names: readonly string[]): Promise<readonly Standing[]> {
  const live = board();
  try {
    for (;;) {
      const standings = await standingsOf(client, names);
      const replays = standings.flatMap(({ replay }) => replay ?? []);
      replays.flatMap(troublesOf).forEach(live.say);
      const building = replays.filter(({ state }) => state === 'building');
      if (building.length === 0) return standings;
      live.show(building.map(buildingRow));
      await sleep(ASK_EVERY_MS);
    }
  } finally {
    live.stop();
  }
}
