import { describe, expect, test } from '@jest/globals';
import {
  dayFromText,
  DEFAULT_COMPANY,
  type Cell,
  type Company,
  type Facts,
  type Touchpoint,
  type Documents,
} from '@throughline/contracts';
import {
  BALANCE_FIELDS,
  BALANCE_METRICS,
  balanceGrid,
  balanceProjection,
  GRID_V1,
  type BalanceView,
} from '@throughline/balance';

let made = 0;
function happened(at: string, type: string, facts: Facts): Touchpoint {
  const occurredAt = Date.parse(`${at}T12:00:00Z`);
  const id = `00000000-0000-5000-8000-${String(++made).padStart(12, '0')}`;
  const metadata = { source: 'shop', sourceId: id, receivedAt: `${at}T12:00:00Z`, schema: 1 };
  return { id, type, occurredAt, recordedAt: occurredAt, data: { keys: [], facts }, personal: undefined, metadata };
}

const spent = (minor: number, at = '2024-06-01', currency = 'EUR') =>
  happened(at, 'order.placed', { orderId: `O${made}`, amount: { minor, currency } });
/** Answers enough to be sure: the more of one kind, the nearer the score to it. */
const answered = (score: number, times = 12, at = '2024-06-01') =>
  Array.from({ length: times }, (_, i) =>
    happened(at, 'survey.answered', {
      surveyId: 'S',
      invitationId: `I${made}-${i}`,
      kind: 'transactional',
      question: 'csat',
      score,
      scaleMin: 1,
      scaleMax: 5,
    }),
  );

function viewOf(story: readonly Touchpoint[], day = '2024-06-30', company: Company = DEFAULT_COMPANY): BalanceView {
  const { fragment, view } = balanceProjection(company);
  return view(
    story.reduce((f, t) => fragment.apply(f, t), fragment.empty()),
    dayFromText(day)!,
  );
}

describe('a customer on the balance grid', () => {
  test('is valued by absolute cut-points, which belong to the band above them', () => {
    const band = (minor: number) => viewOf([spent(minor)]).value.band;
    expect(band(9_999)).toBe('low');
    expect(band(10_000)).toBe('mid');
    expect(band(49_999)).toBe('mid');
    expect(band(50_000)).toBe('high');
  });

  test('is valued by the last 365 days: an old fortune is low, and says when it left', () => {
    const story = [spent(90_000, '2024-01-10')];
    expect(viewOf(story, '2025-01-08')).toMatchObject({ value: { band: 'high' }, changesOn: '2025-01-09' });
    expect(viewOf(story, '2025-01-09')).toMatchObject({
      value: { band: 'low', revenue365: { minor: 0, currency: 'EUR' } },
    });
  });

  test('is at risk when worth a lot and badly served, and the view says what to do', () => {
    const view = viewOf([spent(90_000), ...answered(1)]);
    expect(view).toMatchObject({ cell: 'high-low', ...GRID_V1.cells['high-low'] });
    expect(view.value.because).toBe('900.00 EUR net in the last 365 days; mid from 100, high from 500');
    expect(view.experience.because).toBe(`score ${view.experience.score} of 100; mid from 40, high from 60`);
  });

  test('is in balance when worth a lot and well served', () => {
    expect(viewOf([spent(90_000), ...answered(5)])).toMatchObject({ cell: 'high-high', experience: { band: 'high' } });
  });

  test('has an unknown value, not a low one, where no orders, no amounts or no rate is known', () => {
    const unknown = (story: readonly Touchpoint[]) => viewOf([...story, ...answered(5)]);
    expect(unknown([])).toMatchObject({
      cell: 'value-unknown',
      value: { band: 'unknown' },
      experience: { band: 'high' },
    });
    expect(unknown([]).value.because).toBe('no orders and no payments are known');
    expect(unknown([happened('2024-06-01', 'order.placed', { orderId: 'A' })]).value.because).toBe(
      'orders are known, but none of their amounts',
    );
    expect(unknown([spent(90_000), spent(1, '2024-06-01', 'BRL')]).value.because).toBe(
      'amounts in BRL have no rate into EUR',
    );
  });

  test('is without evidence enough, not served like anybody, where nothing says how it was', () => {
    expect(viewOf([spent(90_000)])).toMatchObject({
      cell: 'not-enough-evidence',
      value: { band: 'high' },
      experience: { band: 'unknown', because: 'not enough evidence for a score' },
    });
  });

  test('leaves one cell and three index entries, each of a defined field', () => {
    const { customerCells, indexes } = balanceProjection(DEFAULT_COMPANY);
    const view = viewOf([spent(20_000), ...answered(5)]);
    expect(customerCells(view)).toEqual([
      { metric: 'balance-grid', dims: { value: 'mid', experience: 'high' }, values: [1] },
    ]);
    expect(indexes(view)).toEqual([
      { field: 'balance.value', value: 'mid' },
      { field: 'balance.experience', value: 'high' },
      { field: 'balance.cell', value: 'mid-high' },
    ]);
    expect(BALANCE_FIELDS.map((f) => f.field)).toEqual(indexes(view).map((i) => i.field));
    expect(BALANCE_METRICS.map((m) => m.name)).toEqual(['balance-grid']);
  });

  test('follows another definition of grid or score', () => {
    const grid = { ...GRID_V1, version: 2, value: { ...GRID_V1.value, mid: 1, high: 2 } };
    const { definitions, fragment, view } = balanceProjection(DEFAULT_COMPANY, { grid } as unknown as Documents);
    const folded = fragment.apply(fragment.empty(), spent(500));
    expect(view(folded, dayFromText('2024-06-30')!).value.band).toBe('high');
    expect(definitions).not.toEqual(balanceProjection(DEFAULT_COMPANY).definitions);
  });
});

describe('the company’s balance', () => {
  const cell = (value: string, experience: string, n: number): Cell => ({
    metric: 'balance-grid',
    dims: { value, experience },
    values: [n],
  });

  test('has nine cells and two of the unknown, and every customer in exactly one', () => {
    const grid = balanceGrid([
      cell('high', 'low', 10),
      cell('high', 'low', 5),
      cell('low', 'high', 20),
      cell('mid', 'unknown', 25),
      cell('unknown', 'high', 30),
      cell('unknown', 'unknown', 10),
      { metric: 'customers', dims: {}, values: [1_000] },
    ]);
    expect(grid.customers).toBe(100);
    expect(grid.cells.map((c) => c.cell)).toEqual([
      'high-low',
      'high-mid',
      'high-high',
      'mid-low',
      'mid-mid',
      'mid-high',
      'low-low',
      'low-mid',
      'low-high',
    ]);
    expect(grid.cells[0]).toMatchObject({
      value: 'high',
      experience: 'low',
      customers: 15,
      share: 0.15,
      name: 'at risk',
    });
    expect(grid.unknown).toMatchObject([
      {
        cell: 'value-unknown',
        customers: 40,
        share: 0.4,
        split: [
          { band: 'low', customers: 0 },
          { band: 'mid', customers: 0 },
          { band: 'high', customers: 30 },
          { band: 'unknown', customers: 10 },
        ],
      },
      {
        cell: 'not-enough-evidence',
        customers: 25,
        split: [
          { band: 'low', customers: 0 },
          { band: 'mid', customers: 25 },
          { band: 'high', customers: 0 },
        ],
      },
    ]);
    const shares = [...grid.cells, ...grid.unknown].reduce((sum, c) => sum + c.share, 0);
    expect(shares).toBeCloseTo(1, 12);
    expect(grid.definition).toBe(GRID_V1);
  });

  test('is empty, without a division by nothing, where there are no customers', () => {
    const grid = balanceGrid([]);
    expect(grid).toMatchObject({ customers: 0, rows: ['high', 'mid', 'low'], cols: ['low', 'mid', 'high'] });
    expect(grid.cells.every((c) => c.share === 0)).toBe(true);
  });
});
