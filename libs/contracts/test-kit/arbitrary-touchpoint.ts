/**
 * Touchpoints of every catalogued type (and of one outside the catalogue), made by fast-check. The pools are small on
 * purpose: orders, cases and campaigns meet again and again, times tie, and several sources contradict each other.
 */
import * as fc from 'fast-check';
import { CATALOGUE, type CataloguedType } from '../src/catalogue/catalogue.ts';
import type { Facts, Identifier, Key, Touchpoint } from '../src/touchpoint.ts';
import type { JsonObject } from '../src/json.ts';

const DAY_MS = 86_400_000;
/** Midnight (UTC) of the first day on which anything can happen: 2023-01-01. */
const FIRST_DAY_MS = Date.UTC(2023, 0, 1);
/** Touchpoints happen within this many days from 2023-01-01 on. */
export const ARBITRARY_DAYS = 900;

/** A day within, before or after the span in which arbitrary touchpoints happen, as days since 1970-01-01. */
export const arbitraryDay: fc.Arbitrary<number> = fc
  .integer({ min: -10, max: ARBITRARY_DAYS + 800 })
  .map((day) => FIRST_DAY_MS / DAY_MS + day);

const one = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const flag = fc.boolean();
const seconds = fc.integer({ min: 0, max: 5_000 });
const ref = (prefix: string) => one(1, 2, 3).map((n) => `${prefix}${n}`);
const money = fc.record({ minor: fc.integer({ min: 0, max: 200_000 }), currency: one('EUR', 'USD', 'JPY') });
/** Half of all things happen on one of four days, so that times tie. */
const time = fc
  .tuple(
    fc.oneof(one(0, 1, 300, 365), fc.integer({ min: 0, max: ARBITRARY_DAYS })),
    one(0, 1, 12 * 3_600_000, DAY_MS - 1),
  )
  .map(([day, ms]) => FIRST_DAY_MS + day * DAY_MS + ms);
const timeText = time.map((ms) => new Date(ms).toISOString());

/** `required` is always there, `optional` now and then. */
function facts(
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<Facts> {
  const model: Record<string, fc.Arbitrary<unknown>> = { ...required, ...optional, ...COMMON };
  return fc.record(model, { requiredKeys: Object.keys(required) }) as fc.Arbitrary<Facts>;
}

const COMMON = {
  sentiment: fc.record({ score: fc.integer({ min: -100, max: 100 }), model: one('afinn-165@1') }),
  competitor: one('globex'),
};
const contact = {
  outcome: one('answered', 'self-served', 'abandoned', 'phantom'),
  waitSeconds: seconds,
  talkSeconds: seconds,
  holdSeconds: seconds,
  wrapUpSeconds: seconds,
  transfers: one(0, 1, 2),
  resolved: flag,
  firstContact: flag,
  reason: one('billing', 'delivery'),
  caseId: ref('case'),
  complaintId: ref('complaint'),
  orderId: ref('order'),
};
const email = facts({}, { messageId: ref('message'), campaignId: ref('campaign') });
const opportunity = { leadId: ref('lead'), amount: money, stage: one('discovery', 'proposal') };
const subscription = { amount: money, period: one('week', 'month', 'quarter', 'year') };
const campaign = facts({ campaignId: ref('campaign') }, { variant: one('a', 'b') });
const survey = {
  required: {
    surveyId: ref('survey'),
    kind: one('relational', 'transactional'),
    question: one('nps', 'csat', 'ces', 'other'),
  },
  optional: {
    invitationId: ref('invitation'),
    about: fc.record(
      { channel: one('phone', 'web'), product: one('loan'), orderId: ref('order'), caseId: ref('case') },
      { requiredKeys: [] },
    ),
  },
};
const score = one([0, 10], [1, 5], [1, 7]).chain(([scaleMin, scaleMax]) =>
  fc
    .integer({ min: scaleMin!, max: scaleMax! })
    .map((value) => ({ score: value, scaleMin: scaleMin!, scaleMax: scaleMax! })),
);
const consent = facts({ channel: one('email', 'phone', 'all'), purpose: one('marketing', 'service') });
const retraction = facts({ touchpointId: fc.uuid() });

/** The facts of each type: total over the catalogue, so that a new type without an arbitrary does not compile. */
const FACTS: Record<CataloguedType, fc.Arbitrary<Facts>> = {
  'page.viewed': facts({}, { path: one('/', '/help'), sessionId: ref('session') }),
  'product.viewed': facts({ productId: ref('product') }, { category: one('shoes'), sessionId: ref('session') }),
  'session.ended': facts(
    {},
    {
      sessionId: ref('session'),
      seconds,
      pages: one(1, 5),
      device: one('phone', 'laptop', 'tablet'),
      searched: flag,
      messaged: flag,
      requested: flag,
    },
  ),
  'email.delivered': email,
  'email.opened': email,
  'email.clicked': email,
  'email.bounced': facts({}, { messageId: ref('message'), campaignId: ref('campaign'), bounce: one('hard', 'soft') }),
  'message.received': facts({}, { conversationId: ref('talk'), caseId: ref('case') }),
  'message.replied': facts({}, { conversationId: ref('talk'), caseId: ref('case'), waitSeconds: seconds }),
  'call.ended': facts({}, { ...contact, callId: ref('call') }),
  'chat.ended': facts({}, { ...contact, chatId: ref('chat') }),
  'case.opened': facts(
    { caseId: ref('case') },
    { reason: one('billing', 'delivery'), priority: one('high'), orderId: ref('order'), complaintId: ref('complaint') },
  ),
  'case.replied': facts({ caseId: ref('case') }, { waitSeconds: seconds }),
  'case.escalated': facts({ caseId: ref('case') }, { level: one(1, 2) }),
  'case.resolved': facts({ caseId: ref('case') }, { resolution: one('refund'), seconds, firstContact: flag }),
  'case.reopened': facts({ caseId: ref('case') }, { reason: one('billing') }),
  'complaint.filed': facts(
    { complaintId: ref('complaint') },
    {
      reason: one('billing', 'delivery'),
      orderId: ref('order'),
      caseId: ref('case'),
      sentOnAt: timeText,
      timely: flag,
      response: one('relief'),
    },
  ),
  'lead.created': facts({ leadId: ref('lead') }, { origin: one('fair') }),
  'lead.qualified': facts({ leadId: ref('lead') }),
  'opportunity.opened': facts({ opportunityId: ref('opportunity') }, opportunity),
  'opportunity.advanced': facts({ opportunityId: ref('opportunity') }, opportunity),
  'opportunity.won': facts({ opportunityId: ref('opportunity') }, opportunity),
  'opportunity.lost': facts({ opportunityId: ref('opportunity') }, { ...opportunity, reason: one('price') }),
  'order.placed': facts(
    { orderId: ref('order') },
    {
      amount: money,
      margin: money,
      promisedBy: timeText,
      quantity: one(1, 2),
      items: fc.array(
        fc.record({ productId: ref('product'), quantity: one(1, 2), amount: money }, { requiredKeys: ['productId'] }),
        { maxLength: 3 },
      ),
    },
  ),
  'order.delivered': facts({ orderId: ref('order') }, { promisedBy: timeText }),
  'order.cancelled': facts({ orderId: ref('order') }, { by: one('customer', 'company'), reason: one('late') }),
  'order.returned': facts({ orderId: ref('order') }, { amount: money, reason: one('broken') }),
  'refund.issued': facts({ amount: money }, { orderId: ref('order') }),
  'payment.received': facts(
    { amount: money },
    { orderId: ref('order'), subscriptionId: ref('subscription'), method: one('card') },
  ),
  'payment.failed': facts({}, { orderId: ref('order'), subscriptionId: ref('subscription'), amount: money }),
  'subscription.started': facts({ subscriptionId: ref('subscription') }, subscription),
  'subscription.renewed': facts({ subscriptionId: ref('subscription') }, subscription),
  'subscription.ended': facts(
    { subscriptionId: ref('subscription') },
    { by: one('customer', 'company'), reason: one('price') },
  ),
  'campaign.sent': campaign,
  'campaign.withheld': campaign,
  'campaign.responded': campaign,
  'survey.sent': facts(survey.required, survey.optional),
  'survey.answered': fc.tuple(facts(survey.required, survey.optional), score).map(([a, b]) => ({ ...a, ...b })),
  'survey.dismissed': facts(survey.required, survey.optional),
  'review.posted': facts(
    { score: fc.integer({ min: 1, max: 5 }) },
    { reviewId: ref('review'), orderId: ref('order'), productId: ref('product') },
  ),
  'social.mentioned': facts({}, { network: one('mastodon'), reach: one(0, 1_000) }),
  'customer.identified': facts({}, { since: timeText }),
  'consent.granted': consent,
  'consent.withdrawn': consent,
  'touchpoint.retracted': retraction,
  'touchpoint.duplicated': retraction,
};

/** A well-formed type outside the catalogue. */
export const UNCATALOGUED_TYPE = 'kiosk.visited';
const uncatalogued = fc.dictionary(
  fc.string({ maxLength: 5 }),
  fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), flag),
  { maxKeys: 3 },
);

/** Identifiers stand in the order of their keys, as intake writes them; the key here is a readable stand-in for the hash. */
const identifier: fc.Arbitrary<Identifier> = one(
  { type: 'client', value: 'C1' },
  { type: 'email', value: 'ada@example.com' },
  { type: 'email', value: 'ada@example.org' },
  { type: 'phone', value: '+19778069726' },
  { type: 'order', value: 'order1' },
  { type: 'visitor', value: 'v1' },
);
const standInKey = ({ type, value }: Identifier): Key => ({
  type,
  key: Buffer.from(type + value)
    .toString('hex')
    .padEnd(32, '0')
    .slice(-32),
});

const traits: fc.Arbitrary<JsonObject> = fc.record(
  { name: one('Ada', 'Ada L.'), city: one('London', 'Paris'), birthday: one('1815-12-10') },
  { requiredKeys: [] },
);

const dimensions = fc.record(
  {
    channel: one('web', 'phone', 'email', 'store'),
    brand: one('eagle', 'hawk'),
    market: one('north', 'south'),
    platform: one('genesys'),
    product: one('loan', 'card'),
    team: one('red', 'blue'),
    process: one('onboarding'),
  },
  { requiredKeys: [] },
);

/** What the engine deals with itself: no fold sees these types. */
const CONTROL = new Set(
  Object.keys(CATALOGUE).filter((type) => CATALOGUE[type as CataloguedType].family === 'control'),
);
const FOLDED = (Object.keys(FACTS) as CataloguedType[]).filter((type) => !CONTROL.has(type));

/** One touchpoint of one of `types`: all that a fold can see, unless told. */
export function arbitraryTouchpoint(
  types: readonly string[] = [...FOLDED, UNCATALOGUED_TYPE],
): fc.Arbitrary<Touchpoint> {
  return fc.constantFrom(...types).chain((type) =>
    fc
      .record({
        id: fc.uuid({ version: 5 }),
        occurredAt: time,
        lateness: one(0, 0, 60_000, 40 * DAY_MS),
        dims: dimensions,
        facts: (FACTS as Record<string, fc.Arbitrary<Facts>>)[type] ?? uncatalogued,
        identifiers: fc.uniqueArray(identifier, { maxLength: 3, selector: (i) => i.type + i.value }),
        traits: fc.option(traits, { nil: undefined }),
        text: fc.option(one('thank you', 'never again'), { nil: undefined }),
        shredded: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
        source: one('shop', 'crm', 'calls'),
      })
      .map((t): Touchpoint => ({
        id: t.id,
        type,
        occurredAt: t.occurredAt,
        recordedAt: t.occurredAt + t.lateness,
        data: { ...t.dims, keys: t.identifiers.map(standInKey), facts: t.facts },
        personal: t.shredded
          ? undefined
          : {
              identifiers: t.identifiers,
              ...(t.traits && { traits: t.traits }),
              ...(t.text !== undefined && { text: t.text }),
            },
        metadata: {
          source: t.source,
          sourceId: t.id,
          receivedAt: new Date(t.occurredAt + t.lateness).toISOString(),
          schema: 1,
        },
      })),
  );
}

/** A set of touchpoints, each id once. */
export function arbitraryTouchpoints(
  options: { types?: readonly string[]; maxLength?: number } = {},
): fc.Arbitrary<Touchpoint[]> {
  return fc.uniqueArray(arbitraryTouchpoint(options.types), {
    maxLength: options.maxLength ?? 25,
    selector: (t) => t.id,
  });
}
