import type { Day, ProjectionDefinition } from '@throughline/contracts';
import { activityFragment, type ActivityFragment } from './activity.ts';
import { marketingFragment, type MarketingFragment } from './marketing.ts';
import type { Apply, PartOfTypes } from './part.ts';
import { profileFragment, type ProfileFragment } from './profile.ts';
import { salesFragment, type SalesFragment } from './sales.ts';
import { serviceFragment, type ServiceFragment } from './service.ts';
import { valueFragment, type ValueFragment } from './value-fragment.ts';

/**
 * What is kept of one subject: some 0.3 to 1.5 KB. Lists that feed a cell are complete; only identifiers are bounded. A part of which no
 * touchpoint told is `null`: most subjects are visitors, who only look.
 */
export interface CrmFragment {
  readonly activity: ActivityFragment;
  readonly profile: ProfileFragment;
  readonly value: ValueFragment;
  sales: SalesFragment | null;
  service: ServiceFragment | null;
  marketing: MarketingFragment | null;
}

/** Of these no type of touchpoint tells but a few, and no type of two of them. */
type Told = 'sales' | 'service' | 'marketing';

const TOLD: { readonly [Name in Told]: PartOfTypes<NonNullable<CrmFragment[Name]>> } = {
  sales: salesFragment,
  service: serviceFragment,
  marketing: marketingFragment,
};

/** What a type of touchpoint tells. */
const BY_TYPE = new Map(
  (Object.keys(TOLD) as Told[]).flatMap((name) =>
    Object.entries<Apply<never>>(TOLD[name].on).map(([type, apply]) => [type, { name, apply }] as const),
  ),
);

export function crmFragment(dayOf: (epochMs: number) => Day): ProjectionDefinition<CrmFragment, unknown>['fragment'] {
  const value = valueFragment(dayOf);
  return {
    empty: () => ({
      activity: activityFragment.empty(),
      profile: profileFragment.empty(),
      value: value.empty(),
      sales: null,
      service: null,
      marketing: null,
    }),
    apply(fragment, touchpoint) {
      activityFragment.apply(fragment.activity, touchpoint);
      profileFragment.apply(fragment.profile, touchpoint);
      value.apply(fragment.value, touchpoint);
      const told = BY_TYPE.get(touchpoint.type);
      if (told) told.apply((fragment[told.name] ??= TOLD[told.name].empty() as never) as never, touchpoint);
      return fragment;
    },
    merge: (a, b) => ({
      activity: activityFragment.merge(a.activity, b.activity),
      profile: profileFragment.merge(a.profile, b.profile),
      value: value.merge(a.value, b.value),
      sales: both(salesFragment, a.sales, b.sales),
      service: both(serviceFragment, a.service, b.service),
      marketing: both(marketingFragment, a.marketing, b.marketing),
    }),
  };
}

/** One part of two fragments, either of which may lack it. */
function both<F>(part: PartOfTypes<F>, a: F | null, b: F | null): F | null {
  return a === null ? b : b === null ? a : part.merge(a, b);
}
