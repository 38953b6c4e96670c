import type { Command } from 'commander';
import { Client } from '../../api/client.ts';
import type { VersionsAnswer } from '../../api/replays.ts';
import { checkProjection } from '../../replay/definitions.ts';
import { versionsText } from '../../show/versions.ts';
import { command, PROJECTION, show, type Asked } from './asked.ts';

export function versionsCommand(): Command {
  return command('versions', 'Tells what readers were given: which version, from when to when, by whom, and why.', [
    'versions cem',
  ])
    .argument('<projection>', PROJECTION)
    .action(async (projection: string, asked: Asked) => {
      checkProjection(projection);
      await show(await new Client().get<VersionsAnswer>(`/projections/${projection}/versions`), asked, versionsText);
    });
}
