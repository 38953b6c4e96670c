/** Pauses, resumes and cancels the open replay of a projection. */
import type { Command } from 'commander';
import { Client } from '../../api/client.ts';
import type { ReplayAnswer } from '../../api/replays.ts';
import { checkVersioned } from '../../replay/definitions.ts';
import { howToStart, openReplay } from '../../replay/replays.ts';
import { paint } from '../../terminal/style.ts';
import { decision, VERSIONED, said, show, type AskedBy } from './asked.ts';

type Told = 'pause' | 'resume' | 'cancel';

const SAYS: Readonly<
  Record<Told, { readonly description: string; readonly done: string; readonly next: (projection: string) => string }>
> = {
  pause: {
    description: 'Leaves off building for a while. What is done is kept.',
    done: 'rests; what is done is kept',
    next: (projection) => `Go on: npx throughline replay resume ${projection}`,
  },
  resume: {
    description: 'Goes on building where it left off: after a pause, or once what made it fail is mended.',
    done: 'is being built on from where it left off',
    next: (projection) => `Watch it: npx throughline replay status --watch ${projection}`,
  },
  cancel: {
    description: 'Gives a replay up, built or not, and removes what was built. The live version is not touched.',
    done: 'is given up, and removed',
    next: (projection) => `Start another: ${howToStart(projection)}`,
  },
};

export function tellCommands(): Command[] {
  return (['pause', 'resume', 'cancel'] satisfies Told[]).map((what) =>
    decision(what, SAYS[what].description, [`${what} cem`])
      .argument('<projection>', VERSIONED)
      .action((projection: string, asked: AskedBy) => tell(what, projection, asked)),
  );
}

async function tell(what: Told, projection: string, asked: AskedBy): Promise<void> {
  checkVersioned(projection);
  const client = new Client();
  const { replay, version } = await openReplay(client, projection);
  const answer = await client.post<Pick<ReplayAnswer, 'replay' | 'state'>>(
    `/projections/${projection}/replays/${replay}/${what}`,
    said(asked),
  );
  const { done, next } = SAYS[what];
  await show(answer, asked, () =>
    [`${paint.bold(projection)}: version ${version} ${done}.`, paint.dim(next(projection)), ''].join('\n'),
  );
}
