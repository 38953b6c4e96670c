import { SetMetadata } from '@nestjs/common';
import { IDENTITY } from '@throughline/contracts';
import { checkProjection, METRIC_HOMES, PROJECTION_NAMES } from '@throughline/projections';
import { VIEW_NAMES } from '../views.ts';

/** Which views a question reads, by the parameters of its address: how far others have come is nothing to it. */
export type Reads = (params: Readonly<Record<string, string>>) => readonly string[];

/** The views that make a customer. */
export const ofCustomers: Reads = () => VIEW_NAMES;

/** The one that has the metric's cells. */
export const ofMetrics: Reads = ({ name = '' }) => {
  const home = METRIC_HOMES.get(name);
  return home ? [home.projection] : VIEW_NAMES;
};

/** The one that is named, or all; of identity's own versions none. @throws ThroughlineError `not-found` */
export const ofProjections: Reads = ({ name }) => {
  if (name === undefined) return PROJECTION_NAMES;
  return name === IDENTITY ? [] : [checkProjection(name)];
};

const READS = 'throughline:reads';

/** Notes it where `readsOf` finds it. */
export const Reading = (reads: Reads): ClassDecorator & MethodDecorator => SetMetadata(READS, reads);

export function readsOf(controller: object): Reads {
  return Reflect.getMetadata(READS, controller) as Reads;
}
