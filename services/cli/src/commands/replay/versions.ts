import type { Command } from 'commander';
import { Client } from '../../api/client.ts';
import type { VersionsAnswer } from '../../api/replays.ts';
import { checkVersioned } from '../../replay/definitions.ts';
import { versionsText } from '../../show/versions.ts';
import { command, VERSIONED, show, type Asked } from './asked.ts';

export function versionsCommand(): Command {
  return command('versions', 'Tells what readers were given: which version, from when to when, by whom, and why.', [
    'versions cem',
  ])
    .argument('<projection>', VERSIONED)
    .action(async (projection: string, asked: Asked) => {
      checkVersioned(projection);
      await show(await new Client().get<VersionsAnswer>(`/projections/${projection}/versions`), asked, versionsText);
    });
}
