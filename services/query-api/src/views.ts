import type { ViewReader } from '@throughline/read-model';

/** One reader a projection: the version of it that is live. What `VIEWS` stands for. */
export interface Views {
  readonly crm: ViewReader;
  readonly cem: ViewReader;
  readonly balance: ViewReader;
}

export type ViewName = keyof Views;
export const VIEW_NAMES = ['crm', 'cem', 'balance'] as const satisfies readonly ViewName[];
