import type { DynamicModule, Type } from '@nestjs/common';
import { problemCode } from '@throughline/contracts';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Health } from './health/health.ts';
import { createHttpApp } from './http/app.ts';
import type { Reference } from './http/docs.ts';
import { closeOnSignal, endOnCrash } from './lifecycle.ts';
import { createLogger } from './logging/logger.ts';
import { PartFigures } from './metrics/part-figures.ts';
import { createMetrics } from './metrics/registry.ts';
import { Opened } from './opened.ts';
import { readSettings, type Settings } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import { Supervisor, type Running } from './supervisor.ts';
import { startTracing } from './tracing/start-tracing.ts';
import type { Tracing } from './tracing/tracing.ts';

/** A process that serves, at least its health and its figures. */
export interface Service {
  /** Where it answers. */
  readonly url: string;
  readonly logger: Logger;
  /** Stops intake, lets what is in hand become durable, then ends every part. */
  close(): Promise<void>;
}

/** What a service is put together with. */
export interface Workbench {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Figures of the parts that run beside HTTP. */
  readonly parts: PartFigures;
  /** Undefined where no traces are wanted. */
  readonly tracing: Tracing | undefined;
  /** Takes what is to be closed with the service; in reverse, and also when it could not be put together. */
  readonly opened: Opened;
  /** Keeps parts running beside HTTP from here on, and shows each in the service's health. */
  supervise(parts: Readonly<Record<string, () => Running | Promise<Running>>>): void;
}

/** What a service serves. */
export interface Served {
  readonly module: Type | DynamicModule;
  /** Makes the reference it shows out of its own. */
  readonly reference?: Reference;
  /** Adds routes below Nest's, where a request is passed on as it came. */
  readonly routes?: (fastify: FastifyInstance) => Promise<void>;
  /** Done once it listens: a process that cannot, since another has its address, must not have taken work from that one. */
  readonly listening?: () => void;
}

/**
 * Puts a service together and lets it listen.
 *
 * @param name What its log lines, and its traces where `OTEL_SERVICE_NAME` says nothing, call it.
 * @param assemble Opens what the service works with.
 * @throws what `assemble` throws; whatever had been opened is closed again.
 */
export async function startService(
  name: string,
  settings: Settings,
  assemble: (workbench: Workbench) => Promise<Served>,
): Promise<Service> {
  const logger = createLogger(settings.logLevel).child({ service: name });
  const metrics = createMetrics();
  const parts = new PartFigures(metrics);
  const tracing = await startTracing(name);
  const plumbing = { settings, logger, metrics, health: new Health(), tracing };
  const opened = new Opened();
  if (tracing) opened.push(() => tracing.stop());
  try {
    const { module, reference, routes, listening } = await assemble({
      ...plumbing,
      parts,
      opened,
      supervise(running) {
        const supervisors = Object.entries(running).map(
          ([part, start]) => new Supervisor(part, start, { ...plumbing, figures: parts }),
        );
        for (const supervisor of supervisors) supervisor.run();
        opened.push(() => Promise.all(supervisors.map((supervisor) => supervisor.stop())));
      },
    });
    const app = await createHttpApp(module, plumbing, reference && { reference });
    opened.push(() => app.close());
    await routes?.(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
    await app.listen(settings.port, settings.host);
    listening?.();
    const url = await app.getUrl();
    logger.info({ url }, 'serving');
    return { url, logger, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Runs a service as what this process is for: it ends, cleanly, with a signal or with the npm that started it. */
export async function runService(
  settings: Settings,
  start: (settings: Settings) => Promise<Service>,
): Promise<Service> {
  const service = await start(settings);
  endOnCrash(service.logger);
  closeOnSignal(() => service.close(), service.logger);
  return service;
}

/**
 * The body of a service's `main.ts`: settings out of the environment, and in the place of a stack trace a sentence that a person
 * can act on.
 *
 * @param port The service's own, where `PORT` names none.
 */
export async function serve(port: number, start: (settings: Settings) => Promise<Service>): Promise<Service> {
  try {
    return await runService(readSettings({ PORT: String(port), ...process.env }), start);
  } catch (error) {
    if (!(error instanceof SettingsError) && !problemCode(error)) throw error;
    console.error((error as Error).message);
    process.exit(1);
  }
}
