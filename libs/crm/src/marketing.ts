import type { CampaignEvent, ConsentEvent, EmailEvent, Touchpoint } from '@throughline/contracts';
import { factsOf, type PartOfTypes } from './part.ts';
import { latest, mergeTables, rowOf, type Register } from './table.ts';

/** Campaigns and consents. */
export interface MarketingFragment {
  readonly campaigns: CampaignRow[];
  readonly consents: ConsentRow[];
}

/** How often the campaign was sent, withheld, opened, clicked and answered, and which variant the customer was last assigned to. */
export type CampaignRow = [
  campaignId: string,
  sent: number,
  withheld: number,
  opened: number,
  clicked: number,
  responded: number,
  variant: Register<[variant: string]>,
];

/** `email marketing`: a channel and a purpose. Of two words at the same millisecond the refusal wins. */
export type ConsentRow = [channelAndPurpose: string, state: Register<[withdrawn: 0 | 1]>];

/** Stands between channel and purpose: no company has it in a word. */
const BETWEEN = '\u0000';

export const marketingFragment: PartOfTypes<MarketingFragment> = {
  empty: () => ({ campaigns: [], consents: [] }),

  on: {
    'campaign.sent': (fragment, touchpoint) => campaign(fragment, touchpoint, 1),
    'campaign.withheld': (fragment, touchpoint) => campaign(fragment, touchpoint, 2),
    'email.opened': (fragment, touchpoint) => campaign(fragment, touchpoint, 3),
    'email.clicked': (fragment, touchpoint) => campaign(fragment, touchpoint, 4),
    'campaign.responded': (fragment, touchpoint) => campaign(fragment, touchpoint, 5),
    'consent.granted': (fragment, touchpoint) => consent(fragment, touchpoint, 0),
    'consent.withdrawn': (fragment, touchpoint) => consent(fragment, touchpoint, 1),
  },

  merge: (a, b) => ({
    campaigns: mergeTables(a.campaigns, b.campaigns, (x, y): CampaignRow => [
      x[0],
      x[1] + y[1],
      x[2] + y[2],
      x[3] + y[3],
      x[4] + y[4],
      x[5] + y[5],
      latest(x[6], y[6]),
    ]),
    consents: mergeTables(a.consents, b.consents, (x, y): ConsentRow => [x[0], latest(x[1], y[1])]),
  }),
};

function campaign(fragment: MarketingFragment, touchpoint: Touchpoint, column: 1 | 2 | 3 | 4 | 5): void {
  const { campaignId, variant } = factsOf<Partial<CampaignEvent> & EmailEvent>(touchpoint);
  if (campaignId === undefined) return;
  const row = rowOf(fragment.campaigns, campaignId, (id): CampaignRow => [id, 0, 0, 0, 0, 0, []]);
  row[column]++;
  if (variant !== undefined) row[6] = latest(row[6], [touchpoint.occurredAt, variant]);
}

function consent(fragment: MarketingFragment, touchpoint: Touchpoint, withdrawn: 0 | 1): void {
  const { channel, purpose } = factsOf<ConsentEvent>(touchpoint);
  const row = rowOf(fragment.consents, channel + BETWEEN + purpose, (id): ConsentRow => [id, []]);
  row[1] = latest(row[1], [touchpoint.occurredAt, withdrawn]);
}

export interface Campaign {
  readonly campaignId: string;
  readonly sent: number;
  readonly withheld: number;
  readonly opened: number;
  readonly clicked: number;
  readonly responded: number;
  readonly variant?: string;
}

export interface Consent {
  readonly channel: string;
  readonly purpose: string;
  readonly granted: boolean;
  /** When the customer last said so. */
  readonly since: string;
}

export function readCampaigns(fragment: MarketingFragment): Campaign[] {
  return fragment.campaigns.map(([campaignId, sent, withheld, opened, clicked, responded, [, variant]]) => ({
    campaignId,
    sent,
    withheld,
    opened,
    clicked,
    responded,
    ...(variant !== undefined && { variant }),
  }));
}

export function readConsents(fragment: MarketingFragment): Consent[] {
  return fragment.consents.map(([channelAndPurpose, state]) => {
    const [channel = '', purpose = ''] = channelAndPurpose.split(BETWEEN);
    const [at = 0, withdrawn = 0] = state;
    return { channel, purpose, granted: withdrawn === 0, since: new Date(at).toISOString() };
  });
}
