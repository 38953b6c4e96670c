import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ThroughlineError, type Company, type ProjectionDefinition } from '@throughline/contracts';
import { projectionNamed } from '@throughline/projections';
import { rulesOf, unpartedVersion, type ViewReader } from '@throughline/read-model';
import { SETTINGS, VIEWS, type Settings } from '@throughline/runtime';
import type { Definitions } from '../definitions.ts';
import { SHELVES, VIEW_NAMES, type CurrentViews, type Shelves, type ViewName, type Views } from '../views.ts';
import { asGiven, openExactly } from './kept-versions.ts';

/** The version of each view that something was read from. */
export type VersionNames = Readonly<Record<ViewName, string>>;

/** More versions than are ever kept at once. */
const MOST_DEFINITIONS = 64;
const LONGEST_SWITCH_MS = 5_000;
const LOOK_AGAIN_MS = 10;

/**
 * Every question reads one version of each view, from its first call to its last, and finishes customers by the definitions of those
 * very versions: no answer is mixed of two, whatever is promoted meanwhile.
 */
@Injectable()
export class Pins {
  readonly #views: CurrentViews;
  readonly #shelves: Shelves;
  readonly #company: Company;
  readonly #definitions = new Map<string, ProjectionDefinition<unknown, object>>();

  constructor(
    @Inject(VIEWS) views: CurrentViews,
    @Inject(SHELVES) shelves: Shelves,
    @Inject(SETTINGS) { company }: Settings,
  ) {
    this.#views = views;
    this.#shelves = shelves;
    this.#company = company;
  }

  /** The live version of a projection's view. */
  view(name: string): Promise<ViewReader> {
    return this.#views[name]!.pinned();
  }

  /**
   * The live versions of the views that make a customer, all by one version of identity: they go over to another within moments of each
   * other, and a customer that is one person in one of them and two in the next is nobody.
   *
   * @throws ThroughlineError `view-rebuilding` when those moments do not end.
   */
  async views(): Promise<Views> {
    for (const deadline = performance.now() + LONGEST_SWITCH_MS; ;) {
      const [crm, cem, balance] = await Promise.all([this.view('crm'), this.view('cem'), this.view('balance')]);
      // Before there is a version its name is empty.
      const rules = [crm, cem, balance].filter(({ version }) => version !== '').map(({ version }) => rulesOf(version));
      if (new Set(rules).size <= 1) return { crm, cem, balance };
      if (performance.now() > deadline) {
        throw new ThroughlineError('view-rebuilding', 'The views are going over to another version of identity.');
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** The name of a version, given by its definitions' alone, as readers are given views: `asGiven`. */
  async asGiven(name: string, version: string): Promise<string> {
    return asGiven(version, (await this.view(name)).version || undefined);
  }

  /**
   * Puts a question to this version of a view, whatever its role.
   *
   * @returns undefined when it is not kept.
   */
  async ask<T>(name: string, version: string, question: (view: ViewReader) => Promise<T>): Promise<T | undefined> {
    const live = await this.view(name);
    if (unpartedVersion(live.version) === unpartedVersion(version)) return await question(live);
    const kept = await openExactly(this.#shelves[name]!, version);
    if (!kept) return undefined;
    try {
      return await question(kept.reader);
    } finally {
      await kept.close();
    }
  }

  /**
   * Puts a question to these versions of all views, as what began with them goes on.
   *
   * @returns undefined when one of them is not kept any longer.
   */
  askAll<T>(versions: VersionNames, question: (views: Views) => Promise<T>): Promise<T | undefined> {
    return this.ask('crm', versions.crm, (crm) =>
      this.ask('cem', versions.cem, (cem) =>
        this.ask('balance', versions.balance, (balance) => question({ crm, cem, balance })),
      ),
    );
  }

  /** The projection that a version was folded by, as the code that runs makes it of the version's documents. */
  async definition<N extends ViewName>(name: N, view: ViewReader): Promise<Definitions[N]>;
  async definition(name: string, view: ViewReader): Promise<ProjectionDefinition<unknown, object>>;
  async definition(name: string, view: ViewReader): Promise<ProjectionDefinition<unknown, object>> {
    const { version } = view;
    const key = `${name} ${version}`;
    const known = this.#definitions.get(key);
    if (known) return known;
    const made = projectionNamed(name)(this.#company, await view.documents());
    // Before there is a version its name is empty, and says nothing of documents.
    if (version !== '') {
      if (this.#definitions.size >= MOST_DEFINITIONS) this.#definitions.clear();
      this.#definitions.set(key, made);
    }
    return made;
  }
}

export function versionsOf(views: Views): VersionNames {
  return Object.fromEntries(VIEW_NAMES.map((name) => [name, unpartedVersion(views[name].version)])) as Record<
    ViewName,
    string
  >;
}
