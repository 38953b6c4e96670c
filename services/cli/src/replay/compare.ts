import { PROBLEMS, problemCode, type ComparisonReport } from '@throughline/contracts';
import type { Client } from '../api/client.ts';
import type { DiffAnswer, DiffAsked } from '../api/replays.ts';
import { EXIT, Stop } from '../exit.ts';
import { comparison } from './replays.ts';

export type Compared<Report> = Omit<DiffAnswer, 'report'> & { readonly report: Report };

/** Asks for a comparison, and waits for it. @param said who asks. @throws Stop where it failed. */
export async function compare(
  client: Client,
  projection: string,
  replay: string,
  said: object,
): Promise<Compared<ComparisonReport>> {
  const path = `/projections/${projection}/replays/${replay}/diffs`;
  const { diff: id } = await client.post<DiffAsked>(path, said);
  if (process.stderr.isTTY) process.stderr.write('Comparing both versions…\n');
  const answer = await comparison(client, projection, replay, id);
  if (answer.report) return { ...answer, report: answer.report };
  const code = problemCode({ code: answer.failed }) ?? 'diff-failed';
  throw new Stop(EXIT.failed, PROBLEMS[code].title, `Ask again: npx throughline replay diff ${projection}`);
}
