/** Says which version readers are given, and removes the one that they no longer need. */
import { IDENTITY } from '@throughline/contracts';
import type { Command } from 'commander';
import { Client } from '../../api/client.ts';
import type { Given } from '../../api/replays.ts';
import { checkVersioned } from '../../replay/definitions.ts';
import { paint } from '../../terminal/style.ts';
import { decision, VERSIONED, said, show, type AskedBy } from './asked.ts';

interface Giving {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  /** A switch is explained; removing is not asked why. */
  readonly isReasonWanted: boolean;
  readonly done: (version: string) => string;
  /** The same of identity: readers go over when all views have it, not when it decides. */
  readonly doneOfIdentity: (version: string) => string;
  readonly next: (projection: string) => string;
}

const ROLLBACK = (projection: string) => `Go back at once: npx throughline replay rollback ${projection} --reason …`;

const GIVINGS: readonly Giving[] = [
  {
    name: 'promote',
    description: 'Gives readers the version that was built, from one moment on. The one before is kept, and follows.',
    example: 'promote cem --reason "late deliveries weigh more"',
    isReasonWanted: true,
    done: (version) => `version ${version} is live. The one before is kept, and follows the log.`,
    doneOfIdentity: (version) =>
      `version ${version} decides. Readers are given all views by it as soon as every one of them has it; the one before is kept.`,
    next: ROLLBACK,
  },
  {
    name: 'rollback',
    description:
      'Gives readers the version from before the live one again, at once. The one that was live stays built.',
    example: 'rollback cem --reason "the survey counts twice"',
    isReasonWanted: true,
    done: (version) => `version ${version} is live again. The other stays built beside it.`,
    doneOfIdentity: (version) =>
      `version ${version} decides again, and readers are given all views by it. The other stays built beside it.`,
    next: (projection) =>
      `Promote it again: npx throughline replay promote ${projection} --reason …, or give it up: npx throughline replay cancel ${projection}`,
  },
  {
    name: 'retire',
    description:
      'Removes the version from before the live one. There is no way back to it then, but to build it again.',
    example: 'retire cem',
    isReasonWanted: false,
    done: (version) => `version ${version} is given to nobody any longer, and removed.`,
    doneOfIdentity: (version) => `version ${version} is given to nobody any longer, and removed.`,
    next: (projection) => `See what is kept: npx throughline replay status ${projection}`,
  },
];

export function giveCommands(): Command[] {
  return GIVINGS.map((giving) =>
    decision(giving.name, giving.description, [giving.example], giving.isReasonWanted)
      .argument('<projection>', VERSIONED)
      .action((projection: string, asked: AskedBy) => give(giving, projection, asked)),
  );
}

async function give({ name, done, doneOfIdentity, next }: Giving, projection: string, asked: AskedBy): Promise<void> {
  checkVersioned(projection);
  const given = await new Client().post<Given>(`/projections/${projection}/${name}`, said(asked));
  await show(given, asked, ({ version }) =>
    [
      `${paint.bold(projection)}: ${(projection === IDENTITY ? doneOfIdentity : done)(version)}`,
      paint.dim(next(projection)),
      '',
    ].join('\n'),
  );
}
