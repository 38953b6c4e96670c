/**
 * Which of several contradicting values of a profile field survives. Data, so that a deployment can replace it; read when a
 * profile is shown, so that a changed rule needs no replay.
 */
export interface Survivorship {
  readonly version: number;
  /** For every field that `fields` does not name. */
  readonly otherwise: SurvivorshipRule;
  readonly fields: Readonly<Record<string, SurvivorshipRule>>;
}

export type SurvivorshipRule =
  /** The value told last. */
  | { readonly rule: 'most-recent' }
  /** The value of the source that stands first in this order, and of one source the value told last. Sources not named come after, by recency. */
  | { readonly rule: 'most-trusted'; readonly sources: readonly string[] };

/**
 * The default: what a person changes themselves (address, phone, preferences) follows the latest word; what somebody checked
 * against a document follows the system of record, where one of these names is in use.
 */
const ON_RECORD: SurvivorshipRule = { rule: 'most-trusted', sources: ['core-banking', 'crm', 'accounts', 'clients'] };

export const SURVIVORSHIP: Survivorship = {
  version: 1,
  otherwise: { rule: 'most-recent' },
  fields: {
    name: ON_RECORD,
    first: ON_RECORD,
    firstName: ON_RECORD,
    middle: ON_RECORD,
    last: ON_RECORD,
    lastName: ON_RECORD,
    birthday: ON_RECORD,
    birthDate: ON_RECORD,
    sex: ON_RECORD,
    nationality: ON_RECORD,
  },
};
