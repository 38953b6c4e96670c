import type { Cell, Day, ProjectionDefinition, Touchpoint } from '@throughline/contracts';

/** A small projection that uses everything the engine offers, and breaks where a touchpoint tells it to. */
export interface TallyFragment {
  n: number;
  sum: number;
  /** Last write wins by (occurredAt, id). */
  last: { at: number; id: string; channel: string } | null;
  breaksView: number;
}

export interface TallyView {
  readonly n: number;
  readonly sum: number;
  readonly channel: string;
  /** Whether the last touchpoint is at most three days old. */
  readonly recent: boolean;
  readonly changes: Day | undefined;
}

const DAY = 86_400_000;
const dayOf = (ms: number): Day => Math.floor(ms / DAY);
const RECENT = 3;

type Breaks = 'cells' | 'fold' | 'view';
const breaks = ({ data }: Touchpoint) => data.facts.breaks as Breaks | undefined;

export const tally: ProjectionDefinition<TallyFragment, TallyView> = {
  name: 'tally',
  codeVersion: 1,
  definitions: {},
  fragment: {
    empty: () => ({ n: 0, sum: 0, last: null, breaksView: 0 }),
    apply(fragment, touchpoint) {
      fragment.n++;
      // It has changed the fragment already when it fails: the worst case for whoever must leave it out.
      if (breaks(touchpoint) === 'fold') throw new Error('cannot fold');
      fragment.sum += touchpoint.data.facts.amount as number;
      if (breaks(touchpoint) === 'view') fragment.breaksView++;
      const { occurredAt: at, id } = touchpoint;
      fragment.last = latest(fragment.last, { at, id, channel: touchpoint.data.channel! });
      return fragment;
    },
    merge: (a, b) => ({
      n: a.n + b.n,
      sum: a.sum + b.sum,
      last: latest(a.last, b.last),
      breaksView: a.breaksView + b.breaksView,
    }),
  },
  eventCells(touchpoint): Cell[] {
    if (breaks(touchpoint) === 'cells') throw new Error('cannot count');
    const { channel, facts } = touchpoint.data;
    return [
      {
        metric: 'tally.touchpoints',
        day: dayOf(touchpoint.occurredAt),
        dims: { channel: channel! },
        values: [1, facts.amount as number],
      },
    ];
  },
  view(fragment, at) {
    if (fragment.breaksView > 0) throw new Error('cannot finish');
    const last = dayOf(fragment.last!.at);
    const recent = last <= at && at - last <= RECENT;
    const changes = recent ? last + RECENT + 1 : last > at ? last : undefined;
    return { n: fragment.n, sum: fragment.sum, channel: fragment.last!.channel, recent, changes };
  },
  customerCells: ({ n, sum, recent }) => [
    { metric: 'tally.customers', dims: { size: n > 2 ? 'large' : 'small', recent: String(recent) }, values: [1, sum] },
  ],
  indexes: ({ n, sum, channel, recent }) => [
    { field: 'tally.n', value: n },
    { field: 'tally.sum', value: sum },
    { field: 'tally.channel', value: channel },
    { field: 'tally.recent', value: recent },
  ],
  nextChange: ({ changes }) => changes,
};

export const TALLY_FIELDS = ['tally.n', 'tally.sum', 'tally.channel', 'tally.recent'];

function latest(a: TallyFragment['last'], b: TallyFragment['last']): TallyFragment['last'] {
  if (a === null || b === null) return a ?? b;
  return a.at > b.at || (a.at === b.at && a.id > b.id) ? a : b;
}
