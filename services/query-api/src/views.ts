import type { CurrentViewReader, VersionShelf, ViewReader } from '@throughline/read-model';

/** One reader a projection, each of one version of it. */
export interface Views {
  readonly crm: ViewReader;
  readonly cem: ViewReader;
  readonly balance: ViewReader;
}

export type ViewName = keyof Views;
export const VIEW_NAMES = ['crm', 'cem', 'balance'] as const satisfies readonly ViewName[];

/** What `VIEWS` stands for: always of the version that is live, and so from one call to the next maybe of two. */
export type CurrentViews = Readonly<Record<ViewName, CurrentViewReader>>;

/** The versions of each projection that are kept. */
export type Shelves = Readonly<Record<ViewName, VersionShelf>>;

/** Under which `Shelves` are injected. */
export const SHELVES = Symbol('SHELVES');
