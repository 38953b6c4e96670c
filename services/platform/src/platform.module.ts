import { Module, type DynamicModule } from '@nestjs/common';
import { CommandApiModule } from '@throughline/command-api';
import type { ShownIdentity } from '@throughline/engines';
import type { EventLog } from '@throughline/event-log';
import { IngestionModule } from '@throughline/ingestion-service';
import { QueryApiModule, type CurrentViews, type Shelves } from '@throughline/query-api';

/** What all services of one process share. */
export interface Shared {
  readonly log: EventLog;
  readonly views: CurrentViews;
  readonly shelves: Shelves;
  readonly identity: ShownIdentity;
  readonly secret: Uint8Array;
}

/** Everything that is served over HTTP, on one log and one set of views. */
@Module({})
export class PlatformModule {
  static around(shared: Shared): DynamicModule {
    return {
      module: PlatformModule,
      imports: [IngestionModule.forRoot(shared), CommandApiModule.forRoot(shared), QueryApiModule.forRoot(shared)],
    };
  }
}
