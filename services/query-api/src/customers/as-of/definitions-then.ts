import { Inject, Injectable } from '@nestjs/common';
import { hashOf, ThroughlineError, versionOf, type Company, type Documents } from '@throughline/contracts';
import { SETTINGS, type Settings } from '@throughline/runtime';
import { keptVersions, story, type VersionsState } from '@throughline/versions';
import { CUSTOMER_PROJECTIONS, type Definitions } from '../../definitions.ts';
import { Ledgers } from '../../versions/ledgers.ts';
import { VIEW_NAMES, type ViewName } from '../../views.ts';
import type { Moment } from './moments.ts';

/** A projection of what definitions, and what a version of them is called. */
export interface Defined<N extends ViewName = ViewName> {
  readonly version: string;
  readonly definition: Definitions[N];
}

const SHIPPED: Documents = {};
/** More than are asked for in turn. */
const MOST_KEPT = 64;

/** The definitions that readers were given at some moment, or those of a version that is named. */
@Injectable()
export class DefinitionsThen {
  readonly #ledgers: Ledgers;
  readonly #company: Company;
  /** By projection and documents: what a definition looks up is kept with it. */
  readonly #made = new Map<string, Defined>();

  constructor(@Inject(Ledgers) ledgers: Ledgers, @Inject(SETTINGS) { company }: Settings) {
    this.#ledgers = ledgers;
    this.#company = company;
  }

  /**
   * @param named By projection.
   * @throws ThroughlineError `not-found` for a name that no version has or had.
   */
  async of<N extends ViewName>(name: N, at: Moment, named: ReadonlyMap<ViewName, string>): Promise<Defined<N>> {
    const ledger = await this.#ledgers.of(name);
    const version = named.get(name);
    const documents = version === undefined ? documentsThen(ledger, at) : this.#documentsOf(name, ledger, version);
    return this.#make(name, documents);
  }

  /** What was ever asked for or given under the name; and what the code that runs calls so. */
  #documentsOf(name: ViewName, ledger: VersionsState, version: string): Documents {
    for (const { type, data } of ledger.recorded.values()) {
      if (type === 'replay.requested' && data.version === version) return data.documents;
      if ((type === 'version.promoted' || type === 'version.rolled-back') && data.to === version) return data.documents;
    }
    if (this.#make(name, SHIPPED).version === hashOf(version)) return SHIPPED;
    const kept = keptVersions(ledger, this.#ledgers.hash(name)).find((each) => each.version === version);
    if (kept) return kept.documents;
    throw new ThroughlineError(
      'not-found',
      `There never was such a version of ${name}. GET /projections/${name}/versions tells of those there were.`,
    );
  }

  #make<N extends ViewName>(name: N, documents: Documents): Defined<N> {
    const key = `${name} ${JSON.stringify(documents)}`;
    const known = this.#made.get(key);
    if (known) return known as Defined<N>;
    const definition = CUSTOMER_PROJECTIONS[name](this.#company, documents) as Definitions[N];
    const made = { definition, version: versionOf<never, never>(definition as never) };
    if (this.#made.size >= MOST_KEPT) this.#made.clear();
    this.#made.set(key, made);
    return made;
  }
}

function documentsThen(ledger: VersionsState, at: Moment): Documents {
  return story(ledger).reigns.findLast(({ from }) => from === undefined || at.reaches(from))!.documents;
}

/**
 * Which versions are named: `cem:<version>`, or only the version where it is of cem; several separated by commas.
 *
 * @throws ThroughlineError `invalid-query`
 */
export function namedVersions(text: string | undefined): ReadonlyMap<ViewName, string> {
  const named = new Map<ViewName, string>();
  for (const part of text ? text.split(',') : []) {
    const [, of = 'cem', version] = /^(?:([a-z]+):)?([0-9a-f]{16}(?:\.\d+)?)$/.exec(part) ?? [];
    const name = VIEW_NAMES.find((known) => known === of);
    if (!name || version === undefined || named.has(name)) {
      throw new ThroughlineError(
        'invalid-query',
        `version is written cem:f2b0c5a1d3e49786, one for each of ${VIEW_NAMES.join(', ')} at most, separated by commas.`,
      );
    }
    named.set(name, version);
  }
  return named;
}
