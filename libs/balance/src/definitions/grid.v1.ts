/** The grid as data: where its lines are drawn, and what its cells are called. */
export interface GridDefinition {
  readonly name: string;
  readonly version: number;
  readonly value: CutPoints;
  readonly experience: CutPoints;
  readonly cells: Readonly<Record<GridCell, CellWords>>;
}

export interface CutPoints {
  readonly figure: string;
  readonly unit: string;
  /** `mid` from here on, `low` below. */
  readonly mid: number;
  /** `high` from here on. */
  readonly high: number;
  readonly why: string;
}

/** A cell's name in plain words, what it means, and what to do. */
export interface CellWords {
  readonly name: string;
  readonly meaning: string;
  readonly todo: string;
}

export const BANDS = ['low', 'mid', 'high'] as const;
export type Band = (typeof BANDS)[number];

/** Value band, then experience band (`high-low`); and the two cells of the unknown. */
export type GridCell = `${Band}-${Band}` | 'value-unknown' | 'not-enough-evidence';

/**
 * The shipped grid. Its lines are absolute: a customer changes cells because something happened to them, never because others
 * did, as with quantiles. So the share of a cell can be compared between months, markets and replays.
 */
export const GRID_V1: GridDefinition = {
  name: 'balance-grid',
  version: 1,
  value: {
    figure: 'crm.revenue365',
    unit: 'major units of the reporting currency',
    mid: 100,
    high: 500,
    why:
      'Net revenue of the last 365 days, until a fitted value is there. The lines suit a consumer business that earns some 40 to 50 an order: ' +
      'mid buys about once a quarter or more, high about once a month. Another business, or a currency of another size, sets its own.',
  },
  experience: {
    figure: 'cem.score',
    unit: 'points from 0 to 100',
    mid: 40,
    high: 60,
    why:
      '50 is the experience nobody would mention, by the curves of the score. Ten points to either side are what a handful of middling ' +
      'touchpoints can move: only beyond them was it a good or a bad experience.',
  },
  cells: {
    'high-low': {
      name: 'at risk',
      meaning: 'worth a lot to us, badly served',
      todo: 'Call first: see what went wrong in their explanation, put it right, say so.',
    },
    'high-mid': {
      name: 'taken for granted',
      meaning: 'worth a lot to us, served like anybody',
      todo: 'Find the one thing that costs them most time, and take it away.',
    },
    'high-high': {
      name: 'in balance',
      meaning: 'worth a lot to us, well served',
      todo: 'Keep it so; ask them to tell others.',
    },
    'mid-low': {
      name: 'slipping away',
      meaning: 'worth something to us, badly served',
      todo: 'Put it right before offering anything.',
    },
    'mid-mid': {
      name: 'steady',
      meaning: 'worth something to us, served like anybody',
      todo: 'Nothing for them alone; what helps all helps them.',
    },
    'mid-high': {
      name: 'ready for more',
      meaning: 'worth something to us, well served',
      todo: 'Offer what suits them: they would listen.',
    },
    'low-low': {
      name: 'let down',
      meaning: 'worth little to us so far, badly served',
      todo: 'Mend the cause for all of them rather than each case.',
    },
    'low-mid': {
      name: 'passing by',
      meaning: 'worth little to us so far, served like anybody',
      todo: 'Serve them at low cost; let them serve themselves.',
    },
    'low-high': {
      name: 'fans',
      meaning: 'worth little to us so far, well served',
      todo: 'Service costs more than it earns here: invite them to buy again, or to bring others.',
    },
    'value-unknown': {
      name: 'value unknown',
      meaning: 'no order or payment whose amount is known and converts',
      todo: 'Learn what they buy: connect the system that knows, or add the missing rate.',
    },
    'not-enough-evidence': {
      name: 'not enough evidence',
      meaning: 'too little is known of how it was for them; silence is not an average experience',
      todo: 'Ask them once, shortly, after their next contact.',
    },
  },
};
