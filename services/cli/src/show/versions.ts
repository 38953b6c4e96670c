/** What readers of a projection were given, from when to when, as text. */
import type { ReignAnswer, VersionsAnswer } from '../api/replays.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { documentsText } from './documents.ts';
import { fit, wrap } from './words.ts';

const WHAT = 27;
const WHO = 14;

export function versionsText({ projection, reigns, items, goingOver }: VersionsAnswer): string {
  const columns = [
    { title: 'version' },
    { title: 'definitions, and why' },
    { title: 'live from (UTC)' },
    { title: 'to' },
    { title: 'by' },
  ];
  const candidate = items.find(({ role }) => role === 'candidate');
  const next = candidate
    ? `${candidate.version} stands beside the live one: npx throughline replay status ${projection}\n`
    : '';
  const waiting = goingOver
    ? `Views go over to ${goingOver.to} once all have it. It is being built for ${goingOver.awaits.join(', ')}.\n`
    : '';
  return `${paint.bold(projection)}\n${table(columns, reigns.map(row))}\n${waiting}${paint.dim(next)}`;
}

function row({ version, documents, from, until, by, author, reason }: ReignAnswer): string[] {
  const why = [by === 'rollback' ? 'rolled back' : '', reason ?? ''].filter((part) => part !== '').join(': ');
  const what = [...wrap(documentsText(documents), WHAT), ...wrap(why, WHAT).map((line) => paint.dim(line))];
  return [
    until === null ? paint.bold(version ?? 'as shipped') : (version ?? 'as shipped'),
    what.join('\n'),
    from === null ? 'the beginning' : minute(from),
    until === null ? 'now' : minute(until),
    fit(author ?? 'shipped', WHO),
  ];
}

/** `2026-11-22 10:15`. */
const minute = (time: string) => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
