import { dayFromText, minorDigits, type Company, type Day, type Money } from '@throughline/contracts';

/** Minor units of the reporting currency for minor units of any, by the rate that held on that day; undefined where none did. */
export type Convert = (minor: number, currency: string, day: Day) => number | undefined;

/** Conversion into the company's one reporting currency: the latest rate at or before the day holds. Half a minor unit rounds up. */
export function converter(company: Company): Convert {
  const rates = new Map<string, { day: Day; rate: number }[]>();
  for (const { from, day, rate } of company.rates) {
    rates.set(from, [...(rates.get(from) ?? []), { day: dayFromText(day)!, rate }]);
  }
  for (const dated of rates.values()) dated.sort((a, b) => b.day - a.day);
  const digits = minorDigits(company.currency);
  return (minor, currency, day) => {
    if (currency === company.currency) return minor;
    const rate = rates.get(currency)?.find((r) => r.day <= day)?.rate;
    return rate === undefined ? undefined : Math.round(minor * rate * 10 ** (digits - minorDigits(currency)));
  };
}

/** A sum in the reporting currency, and apart from it what no rate converts. */
export class Total {
  minor = 0;
  readonly #unconverted = new Map<string, number>();

  add(minor: number, currency: string, converted: number | undefined): void {
    if (converted !== undefined) this.minor += converted;
    else this.#unconverted.set(currency, (this.#unconverted.get(currency) ?? 0) + minor);
  }

  get unconverted(): Money[] {
    return [...this.#unconverted]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, minor]) => ({ minor, currency }));
  }
}
