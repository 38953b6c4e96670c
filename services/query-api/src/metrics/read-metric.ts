import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { figure, ThroughlineError, type Cell, type Day, type MetricDefinition } from '@throughline/contracts';
import { METRIC_HOMES } from '@throughline/projections';
import { holds, type Condition } from '../rsql/condition.ts';
import { parseWhere } from '../rsql/parse-where.ts';
import { Ledgers } from '../versions/ledgers.ts';
import { methodChanges } from '../versions/method-changes.ts';
import { Pins } from '../versions/pins.ts';
import type { MetricAnswer, MetricRow } from './metric.dto.ts';
import { periodsBy, type Grain, type Period } from './periods.ts';

/** Two and a half centuries to each side of 1970: all the days there are. */
const FIRST_DAY: Day = -90_000;
const LAST_DAY: Day = 90_000;

/** One metric's figures, cut by dimensions and over time. */
export class ReadMetric extends Query<MetricAnswer> {
  readonly name: string;
  readonly by: readonly string[];
  readonly where: string | undefined;
  readonly grain: Grain | undefined;
  /** Inclusive. */
  readonly from: Day | undefined;
  readonly to: Day | undefined;

  constructor(
    name: string,
    asked: {
      by: readonly string[];
      where?: string | undefined;
      grain?: Grain | undefined;
      from?: Day | undefined;
      to?: Day | undefined;
    },
  ) {
    super();
    this.name = name;
    this.by = asked.by;
    this.where = asked.where;
    this.grain = asked.grain;
    this.from = asked.from;
    this.to = asked.to;
  }
}

/** Cells of one period and one combination of dimensions, added up. */
interface Sum {
  readonly period: Period;
  readonly dims: Readonly<Record<string, string | null>>;
  readonly values: number[];
}

@QueryHandler(ReadMetric)
export class ReadMetricHandler implements IQueryHandler<ReadMetric> {
  readonly #pins: Pins;
  readonly #ledgers: Ledgers;

  constructor(@Inject(Pins) pins: Pins, @Inject(Ledgers) ledgers: Ledgers) {
    this.#pins = pins;
    this.#ledgers = ledgers;
  }

  async execute(asked: ReadMetric): Promise<MetricAnswer> {
    const home = METRIC_HOMES.get(asked.name);
    if (!home) throw new ThroughlineError('metric-not-found');
    const { metric } = home;
    const condition = checked(asked, metric);
    const view = await this.#pins.view(home.projection);
    const changes = methodChanges(await this.#ledgers.lately(home.projection));
    const { position, day: open } = await view.progress();
    const { from = FIRST_DAY, to = LAST_DAY } = asked;
    const cells = view.cells(metric.name, metric.timed ? { timed: true, from, to } : { timed: false });
    const sums = await addUp(cells, asked.by, condition, periodsBy(asked.grain ?? 'all', to));
    if (sums.length === 0 && asked.by.length === 0)
      sums.push({ period: { name: 'all', last: to }, dims: {}, values: [] });
    const isOpen = (period: Period) => open === undefined || period.last >= open;
    const rows = sums.sort(byPeriodThenDims).map((sum) => row(metric, sum, isOpen(sum.period)));
    return { metric, rows, methodChanges: changes, position };
  }
}

function checked(asked: ReadMetric, metric: MetricDefinition): Condition | undefined {
  const unknown = asked.by.find((name) => !metric.dimensions.includes(name));
  if (unknown !== undefined) {
    throw invalid(
      `${metric.name} cannot be cut by "${unknown}". It can be cut by ${metric.dimensions.join(', ') || 'nothing'}.`,
    );
  }
  if (!metric.timed && (asked.grain ?? asked.from ?? asked.to) !== undefined) {
    throw invalid(`${metric.name} is about customers as they now stand: it has no grain, from or to.`);
  }
  if (asked.where === undefined) return undefined;
  return parseWhere(
    asked.where,
    metric.dimensions.map((field) => ({ field, type: 'string', description: '' })),
  );
}

async function addUp(
  cells: AsyncIterable<Cell>,
  by: readonly string[],
  where: Condition | undefined,
  periodOf: (day: Day) => Period,
): Promise<Sum[]> {
  const sums = new Map<string, Sum>();
  for await (const { day, dims, values } of cells) {
    if (where && !holds(where, (name) => dims[name])) continue;
    const period = periodOf(day ?? LAST_DAY);
    const key = by.reduce((text, name) => `${text}\n${JSON.stringify(dims[name] ?? null)}`, period.name);
    let sum = sums.get(key);
    if (!sum) {
      sum = { period, dims: Object.fromEntries(by.map((name) => [name, dims[name] ?? null])), values: [] };
      sums.set(key, sum);
    }
    for (const [i, value] of values.entries()) sum.values[i] = (sum.values[i] ?? 0) + value;
  }
  return [...sums.values()];
}

function row(metric: MetricDefinition, { period, dims, values }: Sum, provisional: boolean): MetricRow {
  const { n, value, interval } = figure(metric, values);
  return { dims, period: period.name, n, value: value ?? null, interval: interval ?? null, provisional };
}

function byPeriodThenDims(a: Sum, b: Sum): number {
  if (a.period.last !== b.period.last) return a.period.last - b.period.last;
  for (const name of Object.keys(a.dims)) {
    const [x, y] = [a.dims[name]!, b.dims[name]!];
    if (x !== y) return x === null ? 1 : y === null || x < y ? -1 : 1;
  }
  return 0;
}

function invalid(detail: string): ThroughlineError {
  return new ThroughlineError('invalid-query', detail);
}
