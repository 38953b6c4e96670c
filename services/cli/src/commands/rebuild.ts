import { PROJECTION_NAMES } from '@throughline/projections';
import type { Command } from 'commander';
import { Client } from '../api/client.ts';
import type { RefoldedAnswer } from '../api/repairs.ts';
import { untilVisible } from '../api/until-visible.ts';
import { checkProjection } from '../replay/definitions.ts';
import { plural } from '../show/words.ts';
import { paint } from '../terminal/style.ts';
import { idOf, WHO } from './queries.ts';
import { askedBy, command, said, show, type AskedBy } from './replay/asked.ts';

interface Rebuilding extends AskedBy {
  readonly projection?: readonly string[];
  readonly wait?: true;
}

export function rebuildCommand(): Command {
  return askedBy(
    command(
      'rebuild',
      'Folds one customer again from their own streams, in every version. What is sound stays as it is.',
      ['rebuild phone:977-806-9726 --wait', 'rebuild 0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d --projection cem'],
      'customer',
    ),
  )
    .argument('<customer>', WHO)
    .option('--projection <name...>', `only these: ${PROJECTION_NAMES.join(', ')}`)
    .option('--wait', 'wait until it is done')
    .action(rebuild);
}

async function rebuild(who: string, asked: Rebuilding): Promise<void> {
  const projections = asked.projection?.map(checkProjection);
  const body = { ...said(asked), ...(projections && { projections }) };
  const client = new Client();
  const id = await idOf(client, who);
  const answer = await client.post<RefoldedAnswer>(`/customers/${id}/rebuild`, body);
  if (asked.wait) await untilVisible(client, answer.position);
  const where = (projections ?? PROJECTION_NAMES).join(', ');
  const [is, next] = asked.wait ? ['has been', ''] : ['will be', ` --after ${answer.position}`];
  await show(answer, asked, ({ subjects }) =>
    [
      `Customer ${paint.bold(id)} ${is} folded again from ${plural(subjects, 'subject')}: ${where}.`,
      paint.dim(`See them: npx throughline customer ${id}${next}`),
      '',
    ].join('\n'),
  );
}
