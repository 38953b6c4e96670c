/** The facts of every catalogued touchpoint. A class a type; the catalogue beside says which is which. */
import {
  Amount,
  Count,
  Decimal,
  Doc,
  Flag,
  Integer,
  ListOf,
  MoneyValue,
  Nested,
  OneOf,
  Optional,
  Ref,
  Seconds,
  Text,
  Time,
  Word,
} from './fields.ts';

/** What intake drew from free text; never sent by a channel. */
export class LanguageDrawn {
  @Doc('ISO 639-1.')
  @Word()
  code!: string;
  @Doc('Name and version of what said so.')
  @Word()
  model!: string;
}
export class SentimentDrawn {
  @Doc('−100 (bad) to 100 (good).')
  @Integer(-100, 100)
  score!: number;
  @Word() model!: string;
}

/** What every touchpoint may say. */
export class CommonFacts {
  @Doc('Free text’s language, drawn at intake.')
  @Optional()
  @Nested(() => LanguageDrawn)
  language?: LanguageDrawn;
  @Doc('Free text’s sentiment, drawn at intake; absent where the language is not supported.')
  @Optional()
  @Nested(() => SentimentDrawn)
  sentiment?: SentimentDrawn;
  @Doc('A competitor the customer named.')
  @Optional()
  @Word()
  competitor?: string;
  @Doc('True on made-up data.')
  @Optional()
  @Flag()
  simulated?: boolean;
}

// web and app
export class PageViewed extends CommonFacts {
  @Doc('Path without query: a query may hold personal data.')
  @Optional()
  @Word()
  path?: string;
  @Optional() @Word() title?: string;
  @Optional() @Ref() sessionId?: string;
}
export class ProductViewed extends CommonFacts {
  @Ref() productId!: string;
  @Optional() @Word() category?: string;
  @Optional() @Ref() sessionId?: string;
}
export class SessionEnded extends CommonFacts {
  @Optional() @Ref() sessionId?: string;
  @Optional() @Seconds() seconds?: number;
  @Optional() @Count() pages?: number;
  @Doc('The device or app it ran on, as the company names them.')
  @Optional()
  @Word()
  device?: string;
  @Optional() @Flag() searched?: boolean;
  @Optional() @Flag() messaged?: boolean;
  @Doc('Asked to book or buy.')
  @Optional()
  @Flag()
  requested?: boolean;
}

// messaging
export class EmailEvent extends CommonFacts {
  @Optional() @Ref() messageId?: string;
  @Optional() @Ref() campaignId?: string;
}
export class EmailBounced extends EmailEvent {
  @Optional() @OneOf('hard', 'soft') bounce?: string;
}
export class MessageReceived extends CommonFacts {
  @Optional() @Ref() conversationId?: string;
  @Optional() @Ref() caseId?: string;
}
export class MessageReplied extends CommonFacts {
  @Optional() @Ref() conversationId?: string;
  @Optional() @Ref() caseId?: string;
  @Doc('How long the customer waited for this reply.')
  @Optional()
  @Seconds()
  waitSeconds?: number;
}

// contact centre
export class ContactEnded extends CommonFacts {
  @Optional() @Seconds() waitSeconds?: number;
  @Optional() @Seconds() talkSeconds?: number;
  @Optional() @Seconds() holdSeconds?: number;
  @Doc('The agent’s work after the customer left: no time of the customer’s.')
  @Optional()
  @Seconds()
  wrapUpSeconds?: number;
  @Optional() @Count() transfers?: number;
  @Doc(
    '`answered` by a person, `self-served`, `abandoned` by the customer, `phantom` (no caller there); absent where the source does not know.',
  )
  @Optional()
  @OneOf('answered', 'self-served', 'abandoned', 'phantom')
  outcome?: string;
  @Optional() @Flag() resolved?: boolean;
  @Doc('Whether this is the first contact about its matter.')
  @Optional()
  @Flag()
  firstContact?: boolean;
  @Optional() @Word() reason?: string;
  @Optional() @Ref() caseId?: string;
  @Optional() @Ref() complaintId?: string;
  @Optional() @Ref() orderId?: string;
}
export class CallEnded extends ContactEnded {
  @Optional() @Ref() callId?: string;
}
export class ChatEnded extends ContactEnded {
  @Optional() @Ref() chatId?: string;
}

// service
export class CaseEvent extends CommonFacts {
  @Ref() caseId!: string;
}
export class CaseOpened extends CaseEvent {
  @Optional() @Word() reason?: string;
  @Optional() @Word() priority?: string;
  @Optional() @Ref() orderId?: string;
  @Optional() @Ref() complaintId?: string;
}
export class CaseReplied extends CaseEvent {
  @Optional() @Seconds() waitSeconds?: number;
}
export class CaseEscalated extends CaseEvent {
  @Optional() @Count() level?: number;
}
export class CaseResolved extends CaseEvent {
  @Optional() @Word() resolution?: string;
  @Doc('From opening to resolution.')
  @Optional()
  @Seconds()
  seconds?: number;
  @Optional() @Flag() firstContact?: boolean;
}
export class CaseReopened extends CaseEvent {
  @Optional() @Word() reason?: string;
}
export class ComplaintFiled extends CommonFacts {
  @Ref() complaintId!: string;
  @Optional() @Word() reason?: string;
  @Optional() @Word() subReason?: string;
  @Optional() @Ref() orderId?: string;
  @Optional() @Ref() caseId?: string;
  @Doc('When it was passed to whoever answers it.')
  @Optional()
  @Time()
  sentOnAt?: string;
  @Doc('Whether the answer came in time; absent while unknown.')
  @Optional()
  @Flag()
  timely?: boolean;
  @Optional() @Word() response?: string;
}

// sales
export class LeadCreated extends CommonFacts {
  @Ref() leadId!: string;
  @Optional() @Word() origin?: string;
}
export class LeadQualified extends CommonFacts {
  @Ref() leadId!: string;
}
export class OpportunityEvent extends CommonFacts {
  @Ref() opportunityId!: string;
  @Optional() @Ref() leadId?: string;
  @Optional() @Amount() amount?: MoneyValue;
  @Optional() @Word() stage?: string;
}
export class OpportunityLost extends OpportunityEvent {
  @Optional() @Word() reason?: string;
}

// commerce
export class OrderItem {
  @Ref() productId!: string;
  @Optional() @Word() category?: string;
  @Optional() @Count() quantity?: number;
  @Optional() @Amount() amount?: MoneyValue;
}
export class OrderPlaced extends CommonFacts {
  @Ref() orderId!: string;
  @Doc('What the customer is to pay in all. Where it is absent, the order’s payments stand in for it.')
  @Optional()
  @Amount()
  amount?: MoneyValue;
  @Optional() @Amount() margin?: MoneyValue;
  @Doc('What was promised: delivered at or before this time.')
  @Optional()
  @Time()
  promisedBy?: string;
  @Optional() @Count() quantity?: number;
  @Optional() @ListOf(() => OrderItem, 1_000) items?: OrderItem[];
}
export class OrderDelivered extends CommonFacts {
  @Ref() orderId!: string;
  @Doc('What was promised, where the carrier’s system knows it.')
  @Optional()
  @Time()
  promisedBy?: string;
}
export class OrderCancelled extends CommonFacts {
  @Ref() orderId!: string;
  @Optional() @OneOf('customer', 'company') by?: string;
  @Optional() @Word() reason?: string;
}
export class OrderReturned extends CommonFacts {
  @Ref() orderId!: string;
  @Doc('Value of the goods sent back.')
  @Optional()
  @Amount()
  amount?: MoneyValue;
  @Optional() @Word() reason?: string;
}
export class RefundIssued extends CommonFacts {
  @Optional() @Ref() orderId?: string;
  @Amount() amount!: MoneyValue;
}
export class PaymentReceived extends CommonFacts {
  @Optional() @Ref() orderId?: string;
  @Optional() @Ref() subscriptionId?: string;
  @Amount() amount!: MoneyValue;
  @Optional() @Word() method?: string;
}
export class PaymentFailed extends CommonFacts {
  @Optional() @Ref() orderId?: string;
  @Optional() @Ref() subscriptionId?: string;
  @Optional() @Amount() amount?: MoneyValue;
}
export class SubscriptionEvent extends CommonFacts {
  @Ref() subscriptionId!: string;
  @Doc('What one period costs.')
  @Optional()
  @Amount()
  amount?: MoneyValue;
  @Optional() @OneOf('week', 'month', 'quarter', 'year') period?: string;
}
export class SubscriptionEnded extends CommonFacts {
  @Ref() subscriptionId!: string;
  @Optional() @OneOf('customer', 'company') by?: string;
  @Optional() @Word() reason?: string;
}

// marketing
export class CampaignEvent extends CommonFacts {
  @Ref() campaignId!: string;
  @Optional() @Word() variant?: string;
}

// feedback
/** What a survey is about: a survey mailed after a call is about the phone. */
export class About {
  @Optional() @Word() channel?: string;
  @Optional() @Word() product?: string;
  @Optional() @Word() team?: string;
  @Optional() @Ref() orderId?: string;
  @Optional() @Ref() caseId?: string;
  @Optional() @Ref() complaintId?: string;
  @Optional() @Ref() callId?: string;
}
export class SurveyEvent extends CommonFacts {
  @Ref() surveyId!: string;
  @Doc('One sending of it to one customer: ties sent, answered and dismissed.')
  @Optional()
  @Ref()
  invitationId?: string;
  @Doc('About the relationship, or about one transaction.')
  @OneOf('relational', 'transactional')
  kind!: string;
  @Doc('`nps`: would recommend, 0–10. `csat`: satisfied. `ces`: it was easy.')
  @OneOf('nps', 'csat', 'ces', 'other')
  question!: string;
  @Optional() @Nested(() => About) about?: About;
}
export class SurveyAnswered extends SurveyEvent {
  @Decimal(-1000, 1000) score!: number;
  @Doc('The scale’s ends; the higher is always the better.')
  @Decimal(-1000, 1000)
  scaleMin!: number;
  @Decimal(-1000, 1000) scaleMax!: number;
}
export class ReviewPosted extends CommonFacts {
  @Optional() @Ref() reviewId?: string;
  @Decimal(-1000, 1000) score!: number;
  @Doc('The scale’s ends; 1 and 5 unless told.')
  @Optional()
  @Decimal(-1000, 1000)
  scaleMin?: number;
  @Optional() @Decimal(-1000, 1000) scaleMax?: number;
  @Optional() @Ref() orderId?: string;
  @Optional() @Ref() productId?: string;
}
export class SocialMentioned extends CommonFacts {
  @Optional() @Word() network?: string;
  @Optional() @Count() reach?: number;
}

// profile
export class CustomerIdentified extends CommonFacts {
  @Doc('When the relationship began, where the source knows it.')
  @Optional()
  @Time()
  since?: string;
}
export class ConsentEvent extends CommonFacts {
  @Doc('The channel it is about: `email`, `phone`, … or `all`.')
  @Word()
  channel!: string;
  @Doc('`marketing`, `service`, `profiling`…')
  @Word()
  purpose!: string;
}

/** `touchpoint.retracted`, `touchpoint.duplicated`. */
export class Retraction {
  @Doc('The touchpoint that no longer counts: its UUID, or `<source>#<id>` as its channel sent it.')
  @Text(1, 1100)
  touchpointId!: string;
  @Optional() @Word() reason?: string;
}
