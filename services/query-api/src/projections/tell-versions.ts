import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Company, Documents, JsonObject } from '@throughline/contracts';
import type { VersionShelf } from '@throughline/read-model';
import { SETTINGS, type Settings } from '@throughline/runtime';
import { keptVersions, story } from '@throughline/versions';
import { documentNames } from '../versions/documents.ts';
import { Ledgers } from '../versions/ledgers.ts';
import { keptAs } from '../versions/kept-versions.ts';
import { SHELVES, type Shelves } from '../views.ts';
import type { VersionsAnswer } from './versions.dto.ts';

/** The versions of a projection, and their story. */
export class TellVersions extends Query<VersionsAnswer> {
  readonly projection: string;

  constructor(projection: string) {
    super();
    this.projection = projection;
  }
}

@QueryHandler(TellVersions)
export class TellVersionsHandler implements IQueryHandler<TellVersions> {
  readonly #ledgers: Ledgers;
  readonly #shelves: Shelves;
  readonly #company: Company;

  constructor(
    @Inject(Ledgers) ledgers: Ledgers,
    @Inject(SHELVES) shelves: Shelves,
    @Inject(SETTINGS) { company }: Settings,
  ) {
    this.#ledgers = ledgers;
    this.#shelves = shelves;
    this.#company = company;
  }

  async execute({ projection }: TellVersions): Promise<VersionsAnswer> {
    const state = await this.#ledgers.of(projection);
    const kept = keptVersions(state, this.#ledgers.hash(projection));
    const named = (documents: Documents) => documentNames(projection, this.#company, documents);
    const { reigns, events } = story(state);
    const items = kept.map(async ({ version, documents, role, since, replay, does }) => ({
      version,
      role,
      does,
      documents: named(documents),
      since: timeOf(since),
      replay: replay?.id ?? null,
      bytes: await bytesOf(this.#shelves[projection], version),
    }));
    return {
      projection,
      live: kept[0]!.version,
      ...(state.switching && { goingOver: { to: state.switching.to, awaits: [...state.switching.awaited] } }),
      items: await Promise.all(items),
      reigns: reigns.map(({ version, documents, from, until, by, author, reason, position }) => ({
        version: version ?? null,
        documents: named(documents),
        from: timeOf(from),
        until: timeOf(until),
        by,
        author: author ?? null,
        reason: reason ?? null,
        position: position ?? null,
      })),
      events: events.map(({ recordedAt, data, ...event }) => ({
        ...event,
        recordedAt: new Date(recordedAt).toISOString(),
        data: withoutContent(data, named),
      })),
    };
  }
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

async function bytesOf(shelf: VersionShelf | undefined, version: string): Promise<number | null> {
  const name = shelf && (await keptAs(shelf, version));
  return (name === undefined ? undefined : await shelf!.bytes(name)) ?? null;
}

function withoutContent(data: JsonObject, named: (documents: Documents) => object): JsonObject {
  const { documents } = data;
  return documents === undefined ? data : { ...data, documents: named(documents as Documents) as JsonObject };
}
