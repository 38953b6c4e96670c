import { createHash } from 'node:crypto';
import { dayFromText, DEFAULT_COMPANY, type Facts, type Touchpoint, type TouchpointData } from '@throughline/contracts';
import { cemProjection, type CemView, type ScoreDefinition } from '../src/index.ts';

const DAY_MS = 86_400_000;

export const day = (text: string) => dayFromText(text)!;
export const TODAY = day('2026-03-01');

/** A touchpoint that happened so many days before `TODAY`, at noon unless told. */
export function ago(
  days: number,
  type: string,
  facts: Facts = {},
  more: Partial<TouchpointData> & { hour?: number } = {},
): Touchpoint {
  const { hour = 12, ...data } = more;
  return touchpoint((TODAY - days) * DAY_MS + hour * 3_600_000, type, facts, data);
}

export function touchpoint(
  occurredAt: number,
  type: string,
  facts: Facts,
  data: Partial<TouchpointData> = {},
): Touchpoint {
  const hex = createHash('sha1')
    .update(JSON.stringify([occurredAt, type, facts, data]))
    .digest('hex');
  return {
    id: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    type,
    occurredAt,
    recordedAt: occurredAt,
    data: { keys: [], ...data, facts },
    personal: undefined,
    metadata: { source: 'test', sourceId: hex, receivedAt: new Date(occurredAt).toISOString(), schema: 1 },
  };
}

export const cem = cemProjection(DEFAULT_COMPANY);

/** How the company was to somebody to whom all this happened. */
export function viewOf(
  touchpoints: readonly Touchpoint[],
  at = TODAY,
  definition?: ScoreDefinition,
  timeZone = 'UTC',
): CemView {
  const projection = cemProjection({ ...DEFAULT_COMPANY, timeZone }, definition && { score: definition });
  const fragment = touchpoints.reduce((f, t) => projection.fragment.apply(f, t), projection.fragment.empty());
  return projection.view(fragment, at);
}

/** The same, where each touchpoint came under an identifier of its own and identity found them to be one customer. */
export function mergedViewOf(touchpoints: readonly Touchpoint[], at = TODAY): CemView {
  const { empty, apply, merge } = cem.fragment;
  return cem.view(touchpoints.map((t) => apply(empty(), t)).reduceRight(merge, empty()), at);
}

export const nps = (score: number): Facts => ({
  surveyId: 'relationship',
  kind: 'relational',
  question: 'nps',
  score,
  scaleMin: 0,
  scaleMax: 10,
});
export const csat = (score: number): Facts => ({
  surveyId: 'after',
  kind: 'transactional',
  question: 'csat',
  score,
  scaleMin: 1,
  scaleMax: 5,
});
