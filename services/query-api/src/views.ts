import type { CurrentViewReader, VersionShelf, ViewReader } from '@throughline/read-model';

/** The views that make a customer, one reader each, of one version of it. */
export interface Views {
  readonly crm: ViewReader;
  readonly cem: ViewReader;
  readonly balance: ViewReader;
}

export type ViewName = keyof Views;
export const VIEW_NAMES = ['crm', 'cem', 'balance'] as const satisfies readonly ViewName[];

/**
 * What `VIEWS` stands for: of every registered projection by its name, always of the version that is live, and so from one call to the
 * next maybe of two.
 */
export type CurrentViews = Readonly<Record<string, CurrentViewReader>>;

/** The versions of each projection that are kept, by its name. */
export type Shelves = Readonly<Record<string, VersionShelf>>;

/** Under which `Shelves` are injected. */
export const SHELVES = Symbol('SHELVES');
