import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { METRIC_HOMES } from '@throughline/projections';
import type { MetricsAnswer } from './metric.dto.ts';

/** What can be measured, each with its formula, what it counts and where the definition comes from. */
export class ListMetrics extends Query<MetricsAnswer> {}

@QueryHandler(ListMetrics)
export class ListMetricsHandler implements IQueryHandler<ListMetrics> {
  async execute(): Promise<MetricsAnswer> {
    return { items: [...METRIC_HOMES.values()].map(({ metric }) => metric) };
  }
}
