import { DUPLICATED, RETRACTED } from '../touchpoint.ts';
import * as facts from './facts.ts';

/** Which family a type is told under in the reference. */
export type Family =
  | 'web and app'
  | 'messaging'
  | 'contact centre'
  | 'service'
  | 'sales'
  | 'commerce'
  | 'marketing'
  | 'feedback'
  | 'profile'
  | 'control';

export interface CatalogueEntry {
  readonly family: Family;
  readonly facts: new () => object;
  /** Of `facts`, raised when an upcaster is needed to read the older. */
  readonly schema: number;
  readonly description: string;
}

const entry = (family: Family, type: new () => object, description: string, schema = 1): CatalogueEntry => ({
  family,
  facts: type,
  schema,
  description,
});

/** Every touchpoint type Throughline knows, `noun.verb` in the past tense. A well-formed type outside it is accepted and counted as uncatalogued. */
export const CATALOGUE = {
  'page.viewed': entry('web and app', facts.PageViewed, 'A page or screen was seen.'),
  'product.viewed': entry('web and app', facts.ProductViewed, 'A product was looked at.'),
  'session.ended': entry('web and app', facts.SessionEnded, 'A visit to the site or app was over.'),
  'email.delivered': entry('messaging', facts.EmailEvent, 'An e-mail reached the mailbox.'),
  'email.opened': entry('messaging', facts.EmailEvent, 'An e-mail was opened.'),
  'email.clicked': entry('messaging', facts.EmailEvent, 'A link in an e-mail was followed.'),
  'email.bounced': entry('messaging', facts.EmailBounced, 'An e-mail did not reach the mailbox.'),
  'message.received': entry('messaging', facts.MessageReceived, 'The customer wrote.'),
  'message.replied': entry('messaging', facts.MessageReplied, 'The company wrote back.'),
  'call.ended': entry('contact centre', facts.CallEnded, 'A telephone call was over.'),
  'chat.ended': entry('contact centre', facts.ChatEnded, 'A live chat was over.'),
  'case.opened': entry('service', facts.CaseOpened, 'A matter to be resolved was taken up.'),
  'case.replied': entry('service', facts.CaseReplied, 'The customer was answered on a case.'),
  'case.escalated': entry('service', facts.CaseEscalated, 'A case went to a higher level.'),
  'case.resolved': entry('service', facts.CaseResolved, 'A case was resolved.'),
  'case.reopened': entry('service', facts.CaseReopened, 'A resolved case came back.'),
  'complaint.filed': entry('service', facts.ComplaintFiled, 'The customer complained formally.'),
  'lead.created': entry('sales', facts.LeadCreated, 'Somebody may become a customer.'),
  'lead.qualified': entry('sales', facts.LeadQualified, 'A lead was found worth pursuing.'),
  'opportunity.opened': entry('sales', facts.OpportunityEvent, 'A possible sale was taken up.'),
  'opportunity.advanced': entry('sales', facts.OpportunityEvent, 'A possible sale moved to another stage.'),
  'opportunity.won': entry('sales', facts.OpportunityEvent, 'A possible sale was made.'),
  'opportunity.lost': entry('sales', facts.OpportunityLost, 'A possible sale was lost.'),
  'order.placed': entry('commerce', facts.OrderPlaced, 'An order was placed, with what was promised.'),
  'order.delivered': entry('commerce', facts.OrderDelivered, 'An order reached the customer.'),
  'order.cancelled': entry('commerce', facts.OrderCancelled, 'An order was called off.'),
  'order.returned': entry('commerce', facts.OrderReturned, 'Goods came back.'),
  'refund.issued': entry('commerce', facts.RefundIssued, 'Money went back to the customer.'),
  'payment.received': entry('commerce', facts.PaymentReceived, 'Money came in.'),
  'payment.failed': entry('commerce', facts.PaymentFailed, 'A payment did not go through.'),
  'subscription.started': entry('commerce', facts.SubscriptionEvent, 'A subscription, contract or account began.'),
  'subscription.renewed': entry('commerce', facts.SubscriptionEvent, 'A subscription went on for another period.'),
  'subscription.ended': entry('commerce', facts.SubscriptionEnded, 'A subscription ended.'),
  'campaign.sent': entry('marketing', facts.CampaignEvent, 'A campaign addressed the customer.'),
  'campaign.withheld': entry('marketing', facts.CampaignEvent, 'The customer was in the campaign’s control group.'),
  'campaign.responded': entry('marketing', facts.CampaignEvent, 'The customer answered a campaign.'),
  'survey.sent': entry('feedback', facts.SurveyEvent, 'A survey was sent.'),
  'survey.answered': entry('feedback', facts.SurveyAnswered, 'One question of a survey was answered.'),
  'survey.dismissed': entry('feedback', facts.SurveyEvent, 'A survey was declined.'),
  'review.posted': entry('feedback', facts.ReviewPosted, 'A public review was written.'),
  'social.mentioned': entry('feedback', facts.SocialMentioned, 'The company was mentioned on a social network.'),
  'customer.identified': entry(
    'profile',
    facts.CustomerIdentified,
    'A system told who the customer is: identifiers and traits.',
  ),
  'consent.granted': entry('profile', facts.ConsentEvent, 'The customer allowed contact for a purpose.'),
  'consent.withdrawn': entry('profile', facts.ConsentEvent, 'The customer took that back.'),
  [RETRACTED]: entry(
    'control',
    facts.Retraction,
    'An earlier touchpoint in the same stream was a mistake and no longer counts.',
  ),
  [DUPLICATED]: entry(
    'control',
    facts.Retraction,
    'A touchpoint that another stream already held: this later copy does not count.',
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type CataloguedType = keyof typeof CATALOGUE;

/** The entry of a type; undefined for one outside the catalogue. */
export function catalogueEntry(type: string): CatalogueEntry | undefined {
  return Object.hasOwn(CATALOGUE, type) ? CATALOGUE[type as CataloguedType] : undefined;
}
