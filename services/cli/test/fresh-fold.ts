/** What stands in the views, against what folding the log anew comes to. */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { balanceProjection, BALANCE_FIELDS, BALANCE_METRICS } from '@throughline/balance';
import { cemProjection, CEM_FIELDS, CEM_METRICS } from '@throughline/cem';
import {
  DEFAULT_COMPANY,
  type Company,
  type FieldDefinition,
  type MetricDefinition,
  type ProjectionDefinition,
  versionOf,
} from '@throughline/contracts';
import { crmProjection, CRM_FIELDS, CRM_METRICS } from '@throughline/crm';
import { openMirrorReader, type LogReader } from '@throughline/event-log';
import { runProjection } from '@throughline/projection';
import {
  EmbeddedViewStore,
  openViewReader,
  openViewsAt,
  type CurrentViewReader,
  type ViewReader,
} from '@throughline/read-model';
import type { Apart } from './fleet-kit.ts';

type Of = (company: Company) => unknown;

const PROJECTIONS = {
  crm: { of: crmProjection as Of, metrics: CRM_METRICS, fields: CRM_FIELDS },
  cem: { of: cemProjection as Of, metrics: CEM_METRICS, fields: CEM_FIELDS },
  balance: { of: balanceProjection as Of, metrics: BALANCE_METRICS, fields: BALANCE_FIELDS },
} as const;
type Name = keyof typeof PROJECTIONS;

interface Shown {
  readonly fields: readonly FieldDefinition[];
  readonly metrics: readonly MetricDefinition[];
}

/** Everything a view answers: each customer with its fragments and index values, every cell. */
async function all(view: ViewReader, ids: readonly string[], { fields, metrics }: Shown): Promise<unknown> {
  const names = fields.map(({ field }) => field);
  const values = await view.values(ids, names);
  const customers: Record<string, unknown> = {};
  for (const [n, id] of ids.entries()) {
    const customer = await view.customer(id);
    customers[id] = customer && { ...customer, values: values[n] };
  }
  const cells: string[] = [];
  for (const { name, timed } of metrics) {
    const range = timed ? ({ timed, from: -100_000, to: 100_000 } as const) : ({ timed: false } as const);
    for await (const cell of view.cells(name, range)) cells.push(JSON.stringify(cell));
  }
  return { count: await view.customerCount(), parked: await view.parkedCount(), customers, cells: cells.sort() };
}

/** Folds the log anew, on the embedded engine. */
async function fold(name: Name, dir: string, log: LogReader): Promise<CurrentViewReader> {
  const definition = PROJECTIONS[name].of(DEFAULT_COMPANY) as ProjectionDefinition<unknown, unknown>;
  const head = await log.head();
  const store = new EmbeddedViewStore({ dir, projection: name, version: versionOf(definition) });
  const done = new AbortController();
  const onProgress = ({ position }: { position: string }) => position >= head && done.abort();
  await runProjection({ definition, log, store, signal: done.signal, onProgress });
  await store.close();
  return openViewReader({ dir, projection: name });
}

export async function expectViewsToBeAFreshFold(apart: Apart): Promise<void> {
  const names = Object.keys(PROJECTIONS) as Name[];
  const dir = join(apart.folder, 'fresh');
  const log = openMirrorReader({ dir: apart.mirror });
  const { views, close } = await openViewsAt({ engine: 'redis', url: apart.addressOf('redis') }, names);
  try {
    // Everybody has a stage of life, so this index names all customers.
    const crm = await fold('crm', dir, log);
    const ids = (await crm.scan({ field: 'crm.lifecycle', limit: 100_000 })).map(({ customer }) => customer);
    expect(ids).toHaveLength(await crm.customerCount());
    for (const name of names) {
      const fresh = name === 'crm' ? crm : await fold(name, dir, log);
      expect(await all(views[name], ids, PROJECTIONS[name])).toEqual(await all(fresh, ids, PROJECTIONS[name]));
      await fresh.close();
    }
  } finally {
    await close();
    await log.close();
  }
}
