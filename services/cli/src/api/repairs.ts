/** What the platform answers about what it could not fold, and what is done about it. */

export interface ParkedItem {
  readonly id: string;
  readonly stage: 'fold' | 'view';
  readonly of: string;
  readonly customer: string;
  readonly error: string;
  readonly type?: string;
  readonly occurredAt?: string;
  readonly position?: string;
}

export interface ParkedAnswer {
  readonly total: number;
  readonly items: readonly ParkedItem[];
  readonly next?: string;
}

export interface RefoldedAnswer {
  readonly subjects: number;
  readonly customers: number;
  readonly position: string;
}

export interface ClearedAnswer {
  readonly touchpoints: number;
  readonly position: string;
}
