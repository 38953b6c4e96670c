/** What the platform answers, as far as the command line reads it. The whole is told at /docs. */
export interface IntakeAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: readonly {
    readonly index: number;
    readonly code: string;
    readonly message: string;
    readonly quarantineId: string;
  }[];
  /** Absent when everything is in quarantine. */
  readonly position?: string;
}

export interface CustomerPage {
  readonly total: number;
  readonly items: readonly { readonly id: string }[];
}

/** A customer as one projection has them. */
export interface ProjectedCustomer {
  readonly id: string;
  readonly incomplete?: boolean;
  readonly projection: string;
  readonly version: string;
  readonly view: object;
}

export interface ProjectionsAnswer {
  readonly head: string;
  readonly identity: string;
  readonly items: readonly {
    readonly name: string;
    readonly version: string;
    readonly position: string;
    readonly lag: { readonly caughtUp: boolean; readonly seconds: number };
    readonly day: string | null;
    /** Null while the view is built and answers nothing yet. */
    readonly parked: number | null;
  }[];
}

export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly kind: 'count' | 'sum' | 'mean' | 'share' | 'nps';
  readonly unit: string;
  readonly formula: string;
  readonly dimensions: readonly string[];
}

export interface MetricAnswer {
  readonly metric: Metric;
  readonly rows: readonly {
    readonly dims: Readonly<Record<string, string | null>>;
    readonly period: string;
    readonly n: number;
    readonly value: number | null;
    readonly interval: readonly [number, number] | null;
    readonly provisional: boolean;
  }[];
  /** When readers were given figures of another version. */
  readonly methodChanges?: readonly {
    readonly at: string;
    readonly by: 'promotion' | 'rollback';
    readonly author: string;
    readonly reason: string;
  }[];
}

interface Money {
  readonly minor: number;
  readonly currency: string;
}

interface PartScore {
  readonly score?: number;
  readonly evidence: number;
  readonly interval?: readonly [number, number];
}

export interface CustomerAnswer {
  readonly id: string;
  readonly askedFor?: string;
  /** Of the past: what happened up to then, as was known then. */
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly keys: readonly { readonly type: string; readonly key: string }[];
  readonly incomplete?: boolean;
  readonly crm: {
    readonly lifecycle: { readonly stage: string; readonly because: string };
    readonly profile: Readonly<Record<string, { readonly value: unknown; readonly source: string }>>;
    readonly identifiers: readonly { readonly type: string; readonly value?: string }[];
    readonly firstSeen?: string;
    readonly lastSeen?: string;
    readonly touchpoints: { readonly total: number };
    readonly channels: Readonly<Record<string, number>>;
    readonly orders: {
      readonly total: number;
      readonly delivered: number;
      readonly cancelled: number;
      readonly returned: number;
      readonly netRevenue?: Money;
      readonly revenue365?: Money;
      readonly averageOrder?: Money;
    };
    readonly products: readonly string[];
    readonly subscriptions: { readonly active: number };
    readonly cases: { readonly open: number; readonly resolved: number };
    readonly complaints: { readonly total: number };
    readonly contacts: {
      readonly calls: { readonly total: number };
      readonly chats: { readonly total: number };
      readonly messages: { readonly total: number };
    };
    readonly campaigns: { readonly sent: number; readonly responded: number };
    readonly consents: readonly { readonly channel: string; readonly purpose: string; readonly granted: boolean }[];
  };
  readonly cem: PartScore & {
    readonly definition: string;
    readonly enough: boolean;
    readonly dimensions: Readonly<Record<string, PartScore>>;
    readonly stated: PartScore;
    readonly observed: PartScore;
    readonly gap?: number;
    readonly nps?: { readonly score: number };
    readonly time: { readonly contacts: number; readonly seconds: number };
    readonly deliveries: { readonly promised: number; readonly late: number };
    readonly journey: readonly JourneyStep[];
  };
  readonly balance: {
    readonly cell: string;
    readonly name: string;
    readonly meaning: string;
    readonly todo: string;
    readonly value: { readonly band: string; readonly because: string };
    readonly experience: { readonly band: string; readonly because: string };
  };
  readonly position: string;
}

export interface JourneyStep {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly type: string;
  readonly channel?: string;
  readonly feeling?: number;
  readonly why: readonly string[];
}

/** `prior` and the parts' points add up to `score`, which is absent while there is too little evidence. */
export interface Explanation extends PartScore {
  readonly id: string;
  readonly day: string;
  readonly definition: string;
  readonly prior: number;
  readonly parts: readonly {
    readonly id: string;
    readonly occurredAt: string;
    readonly type: string;
    readonly points?: number;
    readonly reasons: readonly { readonly signal: string; readonly why: string; readonly points?: number }[];
  }[];
}

export interface BalanceGrid {
  readonly customers: number;
  readonly rows: readonly string[];
  readonly cols: readonly string[];
  readonly cells: readonly (BalanceCell & { readonly value: string; readonly experience: string })[];
  readonly unknown: readonly BalanceCell[];
}

interface BalanceCell {
  readonly cell: string;
  readonly customers: number;
  readonly share: number;
  readonly name: string;
  readonly meaning: string;
}
