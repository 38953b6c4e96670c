import { dayFromText, type Company, type Facts, type Touchpoint, type TouchpointData } from '@throughline/contracts';
import { crmProjection, type CrmView } from '@throughline/crm';

export const COMPANY: Company = {
  timeZone: 'UTC',
  currency: 'EUR',
  rates: [
    { from: 'USD', day: '2024-01-01', rate: 0.9 },
    { from: 'USD', day: '2024-07-01', rate: 0.5 },
    { from: 'JPY', day: '2020-01-01', rate: 0.006 },
  ],
};

type Rest = Partial<Omit<TouchpointData, 'facts'>> & { source?: string; personal?: Touchpoint['personal'] };

let made = 0;

/** A touchpoint told in one line; `at` is a day, or a time in UTC. */
export function happened(
  at: string,
  type: string,
  facts: Facts = {},
  { source = 'shop', personal, ...data }: Rest = {},
): Touchpoint {
  const occurredAt = Date.parse(at.length === 10 ? `${at}T12:00:00Z` : at);
  return {
    id: `00000000-0000-5000-8000-${String(++made).padStart(12, '0')}`,
    type,
    occurredAt,
    recordedAt: occurredAt,
    data: { keys: [], ...data, facts },
    personal,
    metadata: { source, sourceId: String(made), receivedAt: new Date(occurredAt).toISOString(), schema: 1 },
  };
}

export const eur = (minor: number) => ({ minor, currency: 'EUR' });

export function viewOf(touchpoints: readonly Touchpoint[], day: string, company: Company = COMPANY): CrmView {
  const { fragment, view } = crmProjection(company);
  return view(
    touchpoints.reduce((f, t) => fragment.apply(f, t), fragment.empty()),
    dayFromText(day)!,
  );
}

export function indexOf(
  touchpoints: readonly Touchpoint[],
  day: string,
  company: Company = COMPANY,
): Record<string, unknown> {
  const entries = crmProjection(company).indexes(viewOf(touchpoints, day, company));
  return Object.fromEntries(entries.map(({ field, value }) => [field, value]));
}
