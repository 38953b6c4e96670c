import { Module, type DynamicModule } from '@nestjs/common';
import type { EventLog } from '@throughline/event-log';
import {
  ByteBudget,
  EVENT_LOG,
  LOGGER,
  METRICS,
  SECRET,
  SETTINGS,
  TRACING,
  type Settings,
  type Tracing,
} from '@throughline/runtime';
import type { Logger } from 'pino';
import { Appender } from './appender.ts';
import { IntakeFigures } from './figures.ts';
import { KeyRing } from './key-ring.ts';
import { LIMITS } from './limits.ts';
import { QuarantineController } from './quarantine.controller.ts';
import { Quarantine } from './quarantine.ts';
import { Reception } from './reception.ts';
import { BUDGET } from './tokens.ts';
import { TouchpointsController } from './touchpoints.controller.ts';

/** Intake over HTTP. Wants `EVENT_LOG` and `SECRET` from what it is given, `SETTINGS` and `METRICS` from the runtime. */
@Module({})
export class IngestionModule {
  static forRoot({ log, secret }: { log: EventLog; secret: Uint8Array }): DynamicModule {
    return {
      module: IngestionModule,
      controllers: [TouchpointsController, QuarantineController],
      providers: [
        { provide: EVENT_LOG, useValue: log },
        { provide: SECRET, useValue: secret },
        { provide: BUDGET, useFactory: () => new ByteBudget(LIMITS.maxInHand) },
        {
          provide: KeyRing,
          useFactory: (own: Uint8Array, { phoneRegion }: Settings) => new KeyRing(own, phoneRegion),
          inject: [SECRET, SETTINGS],
        },
        { provide: Appender, useFactory: (own: EventLog) => new Appender(own), inject: [EVENT_LOG] },
        {
          provide: Reception,
          useFactory: (appender: Appender, ring: KeyRing, logger: Logger, tracing?: Tracing) =>
            new Reception(appender, ring, { logger, tracing }),
          inject: [Appender, KeyRing, LOGGER, { token: TRACING, optional: true }],
        },
        {
          provide: Quarantine,
          useFactory: (own: EventLog, appender: Appender, ring: KeyRing, logger: Logger) =>
            new Quarantine(own, appender, ring, logger),
          inject: [EVENT_LOG, Appender, KeyRing, LOGGER],
        },
        {
          provide: IntakeFigures,
          useFactory: (metrics: ConstructorParameters<typeof IntakeFigures>[0]) => new IntakeFigures(metrics),
          inject: [METRICS],
        },
      ],
    };
  }
}
