/**
 * What a metric is: its definition in words, and what its cells' integers mean.
 *
 * | kind  | values                              | figure                                    | interval            |
 * | ----- | ----------------------------------- | ----------------------------------------- | ------------------- |
 * | count | n                                   | n                                         | none: it is counted |
 * | sum   | n, sum                              | sum / scale                               | none: it is counted |
 * | mean  | n, sum, sum of squares              | sum / n / scale                           | t, 95 %             |
 * | share | n, hits                             | hits / n                                  | Wilson, 95 %        |
 * | nps   | n, promoters, detractors            | 100 · (promoters − detractors) / n        | adjusted Wald, 95 % |
 */
export type MetricKind = 'count' | 'sum' | 'mean' | 'share' | 'nps';

export interface MetricDefinition {
  readonly name: string;
  readonly title: string;
  readonly kind: MetricKind;
  /** Of the figure: `touchpoints`, `seconds`, `%`, `minor units of the currency dimension`… */
  readonly unit: string;
  /** Stored integers are this many to one unit; 1 unless told. */
  readonly scale?: number;
  readonly formula: string;
  readonly numerator: string;
  readonly denominator: string;
  /** Who or what is eligible. */
  readonly population: string;
  readonly window: string;
  /** The paper, standard or vendor a definition comes from. */
  readonly source: string;
  /** What it can be cut by, beyond nothing. */
  readonly dimensions: readonly string[];
  /** Event cells have a day and can be drawn over time; customer cells stand for now. */
  readonly timed: boolean;
  readonly version: number;
}
