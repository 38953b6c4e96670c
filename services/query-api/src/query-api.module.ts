import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { SETTINGS, type Settings } from '@throughline/runtime';
import { AfterInterceptor } from './after/after.interceptor.ts';
import { Tide } from './after/tide.ts';
import { BalanceController } from './balance/balance.controller.ts';
import { GetGridHandler } from './balance/get-grid.ts';
import { CustomersController } from './customers/customers.controller.ts';
import { ExplainCustomerHandler } from './customers/explain-customer.ts';
import { FindByIdentifierHandler } from './customers/find-by-identifier.ts';
import { GetCustomerHandler } from './customers/get-customer.ts';
import { GetTimelineHandler } from './customers/get-timeline.ts';
import { SearchCustomersHandler } from './customers/search-customers.ts';
import { DEFINITIONS, definitionsOf } from './definitions.ts';
import { ListMetricsHandler } from './metrics/list-metrics.ts';
import { MetricsController } from './metrics/metrics.controller.ts';
import { ReadMetricHandler } from './metrics/read-metric.ts';
import { ListProjectionsHandler } from './projections/list-projections.ts';
import { ProjectionsController } from './projections/projections.controller.ts';

/**
 * Every question that can be asked over HTTP. Needs, from a global module: `SETTINGS`, `SECRET`, `EVENT_LOG` (as a
 * `LogReader`), `VIEWS` and `IDENTITY_GRAPH`. It writes nothing.
 */
@Module({
  imports: [CqrsModule],
  controllers: [CustomersController, MetricsController, BalanceController, ProjectionsController],
  providers: [
    { provide: DEFINITIONS, inject: [SETTINGS], useFactory: (settings: Settings) => definitionsOf(settings.company) },
    Tide,
    AfterInterceptor,
    GetCustomerHandler,
    FindByIdentifierHandler,
    SearchCustomersHandler,
    GetTimelineHandler,
    ExplainCustomerHandler,
    ListMetricsHandler,
    ReadMetricHandler,
    GetGridHandler,
    ListProjectionsHandler,
  ],
})
export class QueryApiModule {}
