import type { MetricDefinition, MetricKind } from './metric.ts';

/** A figure that says how far it can be trusted. `value` and `interval` are undefined where n is too small to have one. */
export interface Figure {
  readonly n: number;
  readonly value: number | undefined;
  /** 95 % interval, [low, high]; undefined for what is counted, not estimated. */
  readonly interval: readonly [number, number] | undefined;
}

/** 97.5th percentile of the standard normal distribution. */
const Z = 1.959963984540054;

/** Finishes the added-up integers of one metric's cells into its figure. See `MetricKind` for what they mean. */
export function figure(metric: Pick<MetricDefinition, 'kind' | 'scale'>, values: readonly number[]): Figure {
  const scale = metric.scale ?? 1;
  const [n = 0, a = 0, b = 0] = values;
  return FINISH[metric.kind](n, a, b, scale);
}

const FINISH: Record<MetricKind, (n: number, a: number, b: number, scale: number) => Figure> = {
  count: (n) => ({ n, value: n, interval: undefined }),
  sum: (n, sum, _, scale) => ({ n, value: sum / scale, interval: undefined }),
  mean: (n, sum, squares, scale) => ({
    n,
    value: n ? sum / n / scale : undefined,
    interval: meanInterval(n, sum / scale, squares / scale / scale),
  }),
  share: (n, hits) => ({ n, value: n ? hits / n : undefined, interval: n ? wilson(n, hits) : undefined }),
  nps: (n, promoters, detractors) => ({
    n,
    value: n ? (100 * (promoters - detractors)) / n : undefined,
    interval: n ? adjustedWald(n, promoters, detractors) : undefined,
  }),
};

/** Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22. */
export function wilson(n: number, hits: number): [number, number] {
  const p = hits / n;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * Adjusted Wald for a net promoter score: Agresti and Coull's three added observations spread over promoters, passives and
 * detractors as ¾, 1½, ¾ (Rocks 2016, "Interval estimation for the net promoter score", The American Statistician 70).
 */
export function adjustedWald(n: number, promoters: number, detractors: number): [number, number] {
  const m = n + 3;
  const p = (promoters + 0.75) / m;
  const d = (detractors + 0.75) / m;
  const half = Z * Math.sqrt((p + d - (p - d) ** 2) / m);
  return [Math.max(-100, 100 * (p - d - half)), Math.min(100, 100 * (p - d + half))];
}

function meanInterval(n: number, sum: number, squares: number): [number, number] | undefined {
  if (n < 2) return undefined;
  const mean = sum / n;
  const variance = Math.max(0, (squares - n * mean * mean) / (n - 1));
  const half = studentT(n - 1) * Math.sqrt(variance / n);
  return [mean - half, mean + half];
}

/** 97.5th percentile of Student's t: exact for 1 and 2 degrees of freedom, else the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5). */
function studentT(degrees: number): number {
  if (degrees === 1) return 12.706204736;
  if (degrees === 2) return 4.30265273;
  const z = Z;
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3 + g4 / degrees ** 4;
}
