import {
  DEFAULT_COMPANY,
  IDENTITY,
  ThroughlineError,
  type MetricDefinition,
  type ProjectionOf,
} from '@throughline/contracts';
import * as registered from './registered.ts';

/** A projection of which nothing is known but that it is one. */
export type Projection = ProjectionOf<unknown, object>;

/** Names stand in streams, folders, addresses and variables. */
const NAME = /^[a-z][a-z0-9]{0,31}$/;

/** Every registered projection by its name; the shipped ones and those of one's own alike. */
export const PROJECTIONS: ReadonlyMap<string, Projection> = checked(registered);

export const PROJECTION_NAMES: readonly string[] = [...PROJECTIONS.keys()];

/** Every metric by its name, and the projection that has its cells. */
export const METRIC_HOMES: ReadonlyMap<string, { readonly projection: string; readonly metric: MetricDefinition }> =
  homesOf(PROJECTIONS);

/** @throws ThroughlineError `not-found`, naming those that there are. */
export function projectionNamed(name: string): Projection {
  return PROJECTIONS.get(checkProjection(name))!;
}

/**
 * @returns the name.
 * @throws ThroughlineError `not-found`, naming those that there are.
 */
export function checkProjection(name: string): string {
  if (PROJECTIONS.has(name)) return name;
  throw new ThroughlineError(
    'not-found',
    `There is no projection of this name. There are ${PROJECTION_NAMES.join(', ')}.`,
  );
}

/**
 * The projections of a registry.
 *
 * @throws Error for one that is not registered under its own name: what it folds would be kept where nobody looks.
 */
export function checked(registry: Readonly<Record<string, Projection>>): ReadonlyMap<string, Projection> {
  for (const [name, projection] of Object.entries(registry)) {
    if (!NAME.test(name) || name === IDENTITY)
      throw new Error(`${name} is no name for a projection: lower-case letters and digits, and not ${IDENTITY}.`);
    const own = projection(DEFAULT_COMPANY).name;
    if (own !== name) throw new Error(`A projection is registered as ${name}, and calls itself ${own}.`);
  }
  return new Map(Object.entries(registry));
}

/** @throws Error where two projections have a metric of one name. */
export function homesOf(
  projections: ReadonlyMap<string, Projection>,
): ReadonlyMap<string, { readonly projection: string; readonly metric: MetricDefinition }> {
  const homes = new Map<string, { readonly projection: string; readonly metric: MetricDefinition }>();
  for (const [projection, make] of projections) {
    for (const metric of make(DEFAULT_COMPANY).metrics ?? []) {
      const other = homes.get(metric.name);
      if (other) throw new Error(`${metric.name} is a metric of ${other.projection} and of ${projection}.`);
      homes.set(metric.name, { projection, metric });
    }
  }
  return homes;
}
