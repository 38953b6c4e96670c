import type { Day, ProjectionDefinition } from '@throughline/contracts';
import { activityFragment, type ActivityFragment } from './activity.ts';
import { marketingFragment, type MarketingFragment } from './marketing.ts';
import type { FragmentPart } from './part.ts';
import { profileFragment, type ProfileFragment } from './profile.ts';
import { salesFragment, type SalesFragment } from './sales.ts';
import { serviceFragment, type ServiceFragment } from './service.ts';
import { valueFragment, type ValueFragment } from './value-fragment.ts';

/** What is kept of one subject: some 0.5 to 1.5 KB. Lists that feed a cell are complete; only identifiers are bounded. */
export interface CrmFragment {
  readonly activity: ActivityFragment;
  readonly profile: ProfileFragment;
  readonly value: ValueFragment;
  readonly sales: SalesFragment;
  readonly service: ServiceFragment;
  readonly marketing: MarketingFragment;
}

type Parts = { readonly [Name in keyof CrmFragment]: FragmentPart<CrmFragment[Name]> };

export function crmFragment(dayOf: (epochMs: number) => Day): ProjectionDefinition<CrmFragment, unknown>['fragment'] {
  const parts: Parts = {
    activity: activityFragment,
    profile: profileFragment,
    value: valueFragment(dayOf),
    sales: salesFragment,
    service: serviceFragment,
    marketing: marketingFragment,
  };
  return {
    empty: () => ({
      activity: parts.activity.empty(),
      profile: parts.profile.empty(),
      value: parts.value.empty(),
      sales: parts.sales.empty(),
      service: parts.service.empty(),
      marketing: parts.marketing.empty(),
    }),
    apply(fragment, touchpoint) {
      parts.activity.apply(fragment.activity, touchpoint);
      parts.profile.apply(fragment.profile, touchpoint);
      parts.value.apply(fragment.value, touchpoint);
      parts.sales.apply(fragment.sales, touchpoint);
      parts.service.apply(fragment.service, touchpoint);
      parts.marketing.apply(fragment.marketing, touchpoint);
      return fragment;
    },
    merge: (a, b) => ({
      activity: parts.activity.merge(a.activity, b.activity),
      profile: parts.profile.merge(a.profile, b.profile),
      value: parts.value.merge(a.value, b.value),
      sales: parts.sales.merge(a.sales, b.sales),
      service: parts.service.merge(a.service, b.service),
      marketing: parts.marketing.merge(a.marketing, b.marketing),
    }),
  };
}
