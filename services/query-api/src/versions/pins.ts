import { Inject, Injectable } from '@nestjs/common';
import type { Company, ProjectionDefinition } from '@throughline/contracts';
import { projectionNamed } from '@throughline/projections';
import { bareVersion, type ViewReader } from '@throughline/read-model';
import { SETTINGS, VIEWS, type Settings } from '@throughline/runtime';
import type { Definitions } from '../definitions.ts';
import { SHELVES, VIEW_NAMES, type CurrentViews, type Shelves, type ViewName, type Views } from '../views.ts';
import { openKept } from './kept-versions.ts';

/** The version of each view that something was read from. */
export type VersionNames = Readonly<Record<ViewName, string>>;

/** More versions than are ever kept at once. */
const MOST_DEFINITIONS = 64;

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

  async views(): Promise<Views> {
    const [crm, cem, balance] = await Promise.all([this.view('crm'), this.view('cem'), this.view('balance')]);
    return { crm, cem, balance };
  }

  /**
   * Puts a question to this version of a view, whatever its role.
   *
   * @returns undefined when it is not kept.
   */
  async ask<T>(name: string, version: string, question: (view: ViewReader) => Promise<T>): Promise<T | undefined> {
    const live = await this.view(name);
    if (bareVersion(live.version) === bareVersion(version)) return await question(live);
    const kept = await openKept(this.#shelves[name]!, version);
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
  return Object.fromEntries(VIEW_NAMES.map((name) => [name, bareVersion(views[name].version)])) as Record<
    ViewName,
    string
  >;
}
