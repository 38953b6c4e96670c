/**
 * What two score definitions make different for the customers of the real exports: told from the files alone by plain arithmetic (docs/reference/experience-score.md),
 * by none of the code that folds, joins, scores or compares.
 *
 * Everything in the exports is years old, so that by the shipped definition nobody has a score any longer. Those given here hardly forget.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { ScoreDefinition } from '@throughline/cem';
import type { VersionDiff } from '@throughline/contracts';
import { CHECKOUT, DATA, type Served } from './kit.ts';

/** One piece of evidence, as a file has it: whose, of what signal, what value, on which day, in which story. */
interface Fact {
  readonly customer: string;
  readonly signal: string;
  readonly value: number;
  /** Days since 1970-01-01, UTC. */
  readonly day: number;
  readonly story: string;
}

export interface Export {
  /** The type of the identifier that names a customer in the files. */
  readonly identifier: string;
  readonly customers: readonly string[];
  readonly facts: readonly Fact[];
  /** One definition, and one that heeds more. */
  readonly definitions: { readonly one: ScoreDefinition; readonly more: ScoreDefinition };
}

const HALF_LIFE = 36_500;
const REVIEWS_ONLY = JSON.parse(
  readFileSync(join(CHECKOUT, 'examples/definitions/reviews-only.json'), 'utf8'),
) as ScoreDefinition;

/** The shop: reviews, and then deliveries too. A story is an order. */
export function olist(): Export {
  const rowsOf = (name: string) => rows(join(DATA, 'olist_sample', `olist_${name}_dataset.csv`));
  const personOf = new Map(rowsOf('customers').map((row) => [row['customer_id']!, row['customer_unique_id']!]));
  const orders = rowsOf('orders');
  const customerOf = new Map(orders.map((row) => [row['order_id']!, personOf.get(row['customer_id']!)!]));
  const reviews = rowsOf('order_reviews').map((row) => ({
    customer: customerOf.get(row['order_id']!)!,
    signal: 'review',
    value: Number(row['review_score']),
    day: dayOf(row['review_creation_date']!),
    story: row['order_id']!,
  }));
  const deliveries = orders
    .filter((row) => row['order_delivered_customer_date'] !== '')
    .map((row) => {
      const day = dayOf(row['order_delivered_customer_date']!);
      const value = day - dayOf(row['order_estimated_delivery_date']!);
      return { customer: customerOf.get(row['order_id']!)!, signal: 'delivery', value, day, story: row['order_id']! };
    });
  const delivery: ScoreDefinition['signals'][number] = {
    name: 'delivery',
    why: 'The promise of a day, kept or broken.',
    from: { joined: 'daysLate' },
    curve: [
      [-3, 0.75],
      [0, 0.65],
      [1, 0.3],
      [3, 0.1],
      [7, 0],
    ],
    words: [[-1e9, 'delivered']],
    dimension: 'satisfaction',
    evidence: 'observed',
    weight: 0.6,
    halfLifeDays: HALF_LIFE,
  };
  return {
    identifier: 'customer',
    customers: [...new Set(personOf.values())],
    facts: [...reviews, ...deliveries],
    definitions: { one: REVIEWS_ONLY, more: { ...REVIEWS_ONLY, signals: [...REVIEWS_ONLY.signals, delivery] } },
  };
}

/** The bank: complaints, and then whether they were answered in time. A story is a complaint. */
export function bank(): Export {
  const rowsOf = (name: string) => rows(join(DATA, 'retail_banking_crm', `${name}.csv`));
  const facts = rowsOf('complaints').flatMap((row) => {
    const [day, month, year] = row['date_received']!.split('-');
    const of = {
      customer: `C${row['client_id']!.padStart(8, '0')}`,
      day: dayOf(`${year}-${month}-${day}`),
      story: row['complaint_id']!,
    };
    return [
      { ...of, signal: 'complaint', value: 1 },
      { ...of, signal: 'complaint-answer', value: Number(row['timely_response'] === 'Yes') },
    ];
  });
  const of = (name: string, fact: string, more: Partial<ScoreDefinition['signals'][number]>) => ({
    ...REVIEWS_ONLY.signals[0]!,
    name,
    from: { types: ['complaint.filed'], fact },
    ...more,
  });
  const complaint = of('complaint', 'happened', { curve: [[1, 0]] });
  const answer = of('complaint-answer', 'timely', {
    curve: [
      [0, 0],
      [1, 0.6],
    ],
    weight: 0.6,
    dimension: 'effort',
    evidence: 'observed',
  });
  const dimensions = {
    ...REVIEWS_ONLY.dimensions,
    effort: { weight: 1.25, meaning: 'How little did it cost them?' },
  };
  const one = { ...REVIEWS_ONLY, name: 'complaints-only', dimensions, signals: [complaint] };
  return {
    identifier: 'client',
    customers: rowsOf('clients').map((row) => row['client_id']!),
    facts,
    definitions: { one, more: { ...one, signals: [complaint, answer] } },
  };
}

/** What `cem.…` fields a customer has, by name. */
type Figures = Readonly<Record<string, number>>;

/** By customer, as of the end of a day. `undefined`: by the shipped definition, which has forgotten everything. */
export function figuresOf(
  { customers, facts }: Export,
  definition: ScoreDefinition | undefined,
  day: string,
): ReadonlyMap<string, Figures> {
  const byCustomer = new Map(customers.map((customer) => [customer, [] as Fact[]]));
  for (const fact of facts) byCustomer.get(fact.customer)!.push(fact);
  return new Map(
    [...byCustomer].map(([customer, own]) => [
      customer,
      definition ? figures(own, definition, dayOf(day)) : { 'cem.evidence': 0 },
    ]),
  );
}

function figures(facts: readonly Fact[], definition: ScoreDefinition, today: number): Figures {
  const heard = facts.flatMap((fact) => {
    const signal = definition.signals.find(({ name }) => name === fact.signal);
    return signal ? [{ fact, signal, full: signal.weight * definition.dimensions[signal.dimension]!.weight }] : [];
  });
  const evidence = heard.map(({ fact, signal, full }) => {
    const story = heard.filter((other) => other.fact.story === fact.story).reduce((sum, other) => sum + other.full, 0);
    const left = 0.5 ** (Math.max(0, today - fact.day) / signal.halfLifeDays);
    const w = full * Math.min(1, definition.episodeCap / story) * left;
    return { signal, w, x: Math.round(10_000 * straight(signal.curve, fact.value)) / 10_000 };
  });
  const weight = (of: typeof evidence) => of.reduce((sum, { w }) => sum + w, 0);
  /** To the hundredth; undefined where there is not enough evidence. */
  const points = (of: typeof evidence) => {
    const sum = of.reduce((total, { w, x }) => total + w * x, definition.strength * definition.prior);
    return weight(of) < definition.enough ? undefined : hundredth((100 * sum) / (weight(of) + definition.strength));
  };
  const told = (side: string) => points(evidence.filter(({ signal }) => signal.evidence === side));
  const [stated, observed] = [told('stated'), told('observed')];
  const shown: Record<string, number | undefined> = {
    score: points(evidence),
    stated,
    observed,
    gap: stated === undefined || observed === undefined ? undefined : hundredth(stated - observed),
    evidence: hundredth(weight(evidence)),
  };
  for (const name of Object.keys(definition.dimensions))
    shown[name] = points(evidence.filter(({ signal }) => signal.dimension === name));
  return Object.fromEntries(
    Object.entries(shown).flatMap(([name, value]) =>
      value === undefined ? [] : [[`cem.${name}`, Math.round(value) + 0]],
    ),
  );
}

const hundredth = (value: number) => Math.round(100 * value) / 100;

/** Between two points of a curve in a straight line, outside as at its ends. */
function straight(curve: ScoreDefinition['signals'][number]['curve'], value: number): number {
  const after = curve.findIndex(([at]) => at >= value);
  if (after <= 0) return (after === 0 ? curve[0]! : curve.at(-1)!)[1];
  const [[x0, y0], [x1, y1]] = [curve[after - 1]!, curve[after]!];
  return y0 + ((y1 - y0) * (value - x0)) / (x1 - x0);
}

/** What a comparison must say: of customers, and of every field in which any of them differs. */
export function answersOf(before: ReadonlyMap<string, Figures>, after: ReadonlyMap<string, Figures>) {
  const customers = [...before.keys()];
  const names = [...new Set([...before.values(), ...after.values()].flatMap((figures) => Object.keys(figures)))];
  const fields = names.sort().flatMap((field) => {
    const pairs = customers.map((customer) => [before.get(customer)![field], after.get(customer)![field]] as const);
    const changes = pairs
      .flatMap(([from, to]) => (from === undefined || to === undefined ? [] : [to - from]))
      .sort((a, b) => a - b);
    const changed = changes.filter((change) => change !== 0);
    const gained = pairs.filter(([from, to]) => from === undefined && to !== undefined).length;
    const lost = pairs.filter(([from, to]) => from !== undefined && to === undefined).length;
    if (changed.length + gained + lost === 0) return [];
    const n = changes.length;
    const change = n > 0 && {
      mean: changes.reduce((sum, each) => sum + each, 0) / n,
      meanAbsolute: changes.reduce((sum, each) => sum + Math.abs(each), 0) / n,
      least: changes[0]!,
      median: (changes[Math.floor((n - 1) / 2)]! + changes[Math.floor(n / 2)]!) / 2,
      greatest: changes.at(-1)!,
    };
    const counts = { field, n, same: n - changed.length, changed: changed.length, gained, lost };
    // Those who have it in one only come last.
    const sizes = [...changed.map(Math.abs).sort((a, b) => b - a), ...Array.from({ length: gained + lost }, () => 0)];
    return [{ ...counts, ...(change && { change }), sizes: sizes.slice(0, 20) }];
  });
  const changed = customers.filter((customer) =>
    names.some((name) => before.get(customer)![name] !== after.get(customer)![name]),
  ).length;
  const counts = { inBoth: customers.length, same: customers.length - changed, changed };
  return { customers: counts, fields };
}

/**
 * Holds a report against the files. Whom it calls a mover is looked up by the identifiers on their timeline, since ids are Throughline's own.
 *
 * @param before, after: `undefined` for the shipped definition.
 */
export async function expectReplayAnswers(
  served: Served,
  of: Export,
  before: ScoreDefinition | undefined,
  after: ScoreDefinition,
  report: VersionDiff,
): Promise<void> {
  const [old, now] = [figuresOf(of, before, report.day), figuresOf(of, after, report.day)];
  const { customers, fields } = answersOf(old, now);
  const none = { n: 0, first: [] };
  expect(report.customers).toEqual({ ...customers, onlyIn: { from: none, to: none } });
  expect(report.fields.map(({ field }) => field)).toEqual(fields.map(({ field }) => field));
  for (const [i, { sizes, change, ...counts }] of fields.entries()) {
    const shown = report.fields[i]!;
    expect(shown).toMatchObject(counts);
    for (const [name, value] of Object.entries(change || {}))
      expect([name, shown.change![name as keyof typeof shown.change]]).toEqual([name, expect.closeTo(value, 9)]);
    expect(shown.change?.histogram.reduce((sum, { n }) => sum + n, 0)).toBe(change ? counts.changed : undefined);
    expect(shown.movers.map(({ from, to }) => (from === null || to === null ? 0 : Math.abs(+to - +from)))).toEqual(
      sizes,
    );
    for (const { customer, from, to } of shown.movers) {
      const name = await nameOf(served, customer, of.identifier);
      expect([name, from, to]).toEqual([
        name,
        old.get(name)![counts.field] ?? null,
        now.get(name)![counts.field] ?? null,
      ]);
    }
  }
}

async function nameOf(served: Served, customer: string, identifier: string): Promise<string> {
  const { items } = await served.get<{
    items: { personal?: { identifiers?: readonly { readonly type: string; readonly value: string }[] } }[];
  }>(`/customers/${customer}/timeline`, { limit: '200' });
  const said = items.flatMap(({ personal }) => personal?.identifiers ?? []);
  return said.find(({ type }) => type === identifier)!.value;
}

function dayOf(text: string): number {
  return Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / 86_400_000;
}

/** The rows of a CSV file, by the names in its first line. Quoted fields may hold commas, line ends and doubled quotes. */
function rows(path: string): Record<string, string>[] {
  const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  const table: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    table.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end !== ',') table.push([]);
  }
  const [header, ...body] = table.filter((row) => row.length > 1);
  return body.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i] ?? ''])));
}
