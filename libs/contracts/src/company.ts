/** What is true of the whole deployment and enters its figures. Part of every projection's version. */
export interface Company {
  /** The one reporting time zone, an IANA name: it decides which day a touchpoint belongs to. */
  readonly timeZone: string;
  /** The one reporting currency, ISO 4217. */
  readonly currency: string;
  /** Dated rates into the reporting currency: the latest at or before a day holds. Units of `currency` for one unit of `from`, both major. */
  readonly rates: readonly { readonly from: string; readonly day: string; readonly rate: number }[];
}

export const DEFAULT_COMPANY: Company = { timeZone: 'UTC', currency: 'EUR', rates: [] };
