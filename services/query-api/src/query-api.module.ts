import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { ShownIdentity } from '@throughline/engines';
import { EVENT_LOG, IDENTITY_GRAPH, SECRET, VIEWS } from '@throughline/runtime';
import { AfterInterceptor } from './after/after.interceptor.ts';
import { Tide, type FollowedLog } from './after/tide.ts';
import { BalanceController } from './balance/balance.controller.ts';
import { GetGridHandler } from './balance/get-grid.ts';
import { DefinitionsThen } from './customers/as-of/definitions-then.ts';
import { ExplainAsOfHandler } from './customers/as-of/explain-as-of.ts';
import { GetCustomerAsOfHandler } from './customers/as-of/get-customer-as-of.ts';
import { Past } from './customers/as-of/past.ts';
import { CustomersController } from './customers/customers.controller.ts';
import { ExplainCustomerHandler } from './customers/explain-customer.ts';
import { FindByIdentifierHandler } from './customers/find-by-identifier.ts';
import { GetCustomerHandler } from './customers/get-customer.ts';
import { GetTimelineHandler } from './customers/get-timeline.ts';
import { SearchCustomersHandler } from './customers/search-customers.ts';
import { ListMetricsHandler } from './metrics/list-metrics.ts';
import { MetricsController } from './metrics/metrics.controller.ts';
import { ReadMetricHandler } from './metrics/read-metric.ts';
import { ListParkedHandler } from './parked/list-parked.ts';
import { ParkedController } from './parked/parked.controller.ts';
import { GetProjectedHandler } from './projections/get-projected.ts';
import { ListProjectionsHandler } from './projections/list-projections.ts';
import { ProjectionsController } from './projections/projections.controller.ts';
import { TellVersionsHandler } from './projections/tell-versions.ts';
import { EstimateReplayHandler } from './replays/estimate/estimate-replay.ts';
import { GetDiffHandler } from './replays/get-diff.ts';
import { ReplayTeller } from './replays/replay-teller.ts';
import { ReplaysController } from './replays/replays.controller.ts';
import { GetReplayHandler, ListReplaysHandler } from './replays/tell-replays.ts';
import { Ledgers } from './versions/ledgers.ts';
import { Pins } from './versions/pins.ts';
import { SHELVES, type CurrentViews, type Shelves } from './views.ts';

/** What questions are answered from. */
export interface Sources {
  readonly log: FollowedLog;
  readonly views: CurrentViews;
  readonly shelves: Shelves;
  readonly identity: ShownIdentity;
  readonly secret: Uint8Array;
}

/** Every question that can be asked over HTTP. Wants `SETTINGS` from the runtime, the rest from what it is given. It writes nothing. */
@Module({})
export class QueryApiModule {
  static forRoot({ log, views, shelves, identity, secret }: Sources): DynamicModule {
    return {
      module: QueryApiModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        CustomersController,
        MetricsController,
        BalanceController,
        ProjectionsController,
        ReplaysController,
        ParkedController,
      ],
      providers: [
        { provide: EVENT_LOG, useValue: log },
        { provide: VIEWS, useValue: views },
        { provide: IDENTITY_GRAPH, useValue: identity },
        { provide: SECRET, useValue: secret },
        { provide: SHELVES, useValue: shelves },
        Pins,
        Ledgers,
        ReplayTeller,
        Tide,
        AfterInterceptor,
        DefinitionsThen,
        Past,
        GetCustomerHandler,
        GetCustomerAsOfHandler,
        ExplainAsOfHandler,
        FindByIdentifierHandler,
        SearchCustomersHandler,
        GetTimelineHandler,
        ExplainCustomerHandler,
        ListMetricsHandler,
        ReadMetricHandler,
        GetGridHandler,
        ListProjectionsHandler,
        GetProjectedHandler,
        TellVersionsHandler,
        ListParkedHandler,
        ListReplaysHandler,
        GetReplayHandler,
        GetDiffHandler,
        EstimateReplayHandler,
      ],
    };
  }
}
