import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { ShownIdentity } from '@throughline/engines';
import type { EventLog } from '@throughline/event-log';
import { EVENT_LOG, IDENTITY_GRAPH, SECRET, SETTINGS, VIEWS, type Settings } from '@throughline/runtime';
import { IdentitiesController } from './identities.controller.ts';
import { AskOfVersionsHandler } from './projections/ask-of-versions.ts';
import { ProjectionsController } from './projections/projections.controller.ts';
import { VersionDesk } from './projections/version-desk.ts';
import { ClearParkedHandler, RebuildCustomerHandler, RedriveParkedHandler } from './repairs/ask-for-repair.ts';
import { RepairDesk, type RepairedViews } from './repairs/repair-desk.ts';
import { RepairsController } from './repairs/repairs.controller.ts';
import { RequestLog } from './request-log.ts';
import { Stewardship } from './stewardship.ts';
import { SubmitRequestHandler } from './submit-request.ts';

/** What stewards and engineers ask for, over HTTP. Wants the log, the secret, identity's graph and the views from what it is given, `SETTINGS` from the runtime. */
@Module({})
export class CommandApiModule {
  static forRoot({
    log,
    secret,
    identity,
    views,
  }: {
    log: EventLog;
    secret: Uint8Array;
    identity: ShownIdentity;
    views: RepairedViews;
  }): DynamicModule {
    return {
      module: CommandApiModule,
      imports: [CqrsModule.forRoot()],
      controllers: [IdentitiesController, ProjectionsController, RepairsController],
      providers: [
        { provide: EVENT_LOG, useValue: log },
        { provide: SECRET, useValue: secret },
        { provide: IDENTITY_GRAPH, useValue: identity },
        SubmitRequestHandler,
        AskOfVersionsHandler,
        { provide: VIEWS, useValue: views },
        RedriveParkedHandler,
        ClearParkedHandler,
        RebuildCustomerHandler,
        {
          provide: RepairDesk,
          useFactory: (own: EventLog, read: RepairedViews) => new RepairDesk(own, read),
          inject: [EVENT_LOG, VIEWS],
        },
        { provide: RequestLog, useFactory: (own: EventLog) => new RequestLog(own), inject: [EVENT_LOG] },
        {
          provide: VersionDesk,
          useFactory: (own: EventLog, { company }: Settings) => new VersionDesk(own, company),
          inject: [EVENT_LOG, SETTINGS],
        },
        {
          provide: Stewardship,
          useFactory: (reader: ShownIdentity, key: Uint8Array, { phoneRegion }: Settings) =>
            new Stewardship(reader, key, phoneRegion),
          inject: [IDENTITY_GRAPH, SECRET, SETTINGS],
        },
      ],
    };
  }
}
