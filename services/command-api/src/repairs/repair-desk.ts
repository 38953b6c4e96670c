import { randomUUID } from 'node:crypto';
import {
  later,
  PARKED_CLEARED,
  REFOLD_REQUESTED,
  subjectOf,
  ThroughlineError,
  type AskedBy,
  type JsonObject,
  type Position,
} from '@throughline/contracts';
import type { EventLog, NewEvent } from '@throughline/event-log';
import { checkProjection } from '@throughline/projections';
import type { CurrentViewReader, Parked, ViewReader } from '@throughline/read-model';
import type { Asked } from '../request-log.ts';
import { appendRepairs } from './append-repairs.ts';

/** The views of all projections, by their names. */
export type RepairedViews = Readonly<Record<string, CurrentViewReader>>;

/** What is parked and shall be tried again: these touchpoints and customers, or all. */
export type Which = { readonly ids: readonly string[] } | 'all';

/** How much was asked for; where it stands in the log. */
export interface Refolded {
  readonly subjects: number;
  readonly customers: number;
  readonly position: Position;
}

export interface Cleared {
  readonly touchpoints: number;
  readonly position: Position;
}

interface Wanted {
  readonly subjects: Set<string>;
  readonly customers: Set<string>;
}

/** Of one event. */
const MOST_SUBJECTS = 1_000;
/** Of one append, which holds a megabyte at most. */
const MOST_EVENTS = 10;
const PAGE = 1_000;
/** As many ids differ in their last digit only. */
const SIBLINGS = 16;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Asks projections to fold and finish again what is named, or to leave it out for good. */
export class RepairDesk {
  readonly #log: EventLog;
  readonly #views: RepairedViews;

  constructor(log: EventLog, views: RepairedViews) {
    this.#log = log;
    this.#views = views;
  }

  /** @throws ThroughlineError `not-found` for a projection that there is not, or a touchpoint or customer that it does not know. */
  async redrive(projection: string, which: Which, said: AskedBy, asked: Asked): Promise<Refolded> {
    const view = await this.#view(projection);
    const wanted = which === 'all' ? await allParked(view) : await this.#named(view, which.ids);
    return this.#refold([projection], wanted, said, asked);
  }

  /** @throws ThroughlineError `not-found` for a projection that there is not, or a touchpoint that it has not parked. */
  async clear(projection: string, ids: readonly string[], said: AskedBy, asked: Asked): Promise<Cleared> {
    const view = await this.#view(projection);
    const touchpoints: { id: string; subject: string }[] = [];
    for (const id of new Set(ids)) {
      const parked = await parkedAs(view, id);
      if (parked?.stage !== 'fold')
        throw new ThroughlineError('not-found', `${projection} has parked no touchpoint of the id ${id}.`);
      touchpoints.push({ id, subject: parked.of });
    }
    const event = eventOf(PARKED_CLEARED, { ...said, touchpoints }, asked);
    return { touchpoints: touchpoints.length, position: await appendRepairs(this.#log, projection, [event]) };
  }

  /**
   * One customer, of these projections, from their own streams.
   *
   * @param id Any of the customer's ids.
   * @throws ThroughlineError `not-found` for a projection that there is not, `customer-not-found`.
   */
  async rebuild(id: string, projections: readonly string[], said: AskedBy, asked: Asked): Promise<Refolded> {
    const wanted: Wanted = { subjects: new Set(), customers: new Set() };
    for (const projection of projections) {
      const customer = await (await this.#view(projection)).customer(id);
      if (!customer) continue;
      wanted.customers.add(customer.id);
      for (const { key } of customer.keys) wanted.subjects.add(key);
    }
    if (wanted.customers.size === 0) throw new ThroughlineError('customer-not-found');
    return this.#refold(projections, wanted, said, asked);
  }

  async #refold(
    projections: readonly string[],
    { subjects, customers }: Wanted,
    said: AskedBy,
    asked: Asked,
  ): Promise<Refolded> {
    const [ofSubjects, ofCustomers] = [slices([...subjects], MOST_SUBJECTS), slices([...customers], MOST_SUBJECTS)];
    const refolds = Array.from({ length: Math.max(ofSubjects.length, ofCustomers.length) }, (_, i) => ({
      ...said,
      subjects: ofSubjects[i] ?? [],
      customers: ofCustomers[i] ?? [],
    }));
    let position: Position | undefined;
    for (const projection of projections) {
      for (const some of slices(refolds, MOST_EVENTS)) {
        const events = some.map((data) => eventOf(REFOLD_REQUESTED, data, asked));
        const appended = await appendRepairs(this.#log, projection, events);
        position = position === undefined ? appended : later(position, appended);
      }
    }
    return { subjects: subjects.size, customers: customers.size, position: position ?? (await this.#log.head()) };
  }

  /** What these ids are of: parked or not, they are tried again. */
  async #named(view: ViewReader, ids: readonly string[]): Promise<Wanted> {
    const wanted: Wanted = { subjects: new Set(), customers: new Set() };
    for (const id of ids) {
      const parked = await parkedAs(view, id);
      if (parked) want(wanted, parked);
      else if (UUID.test(id)) wanted.subjects.add(await this.#homeOf(id));
      else {
        const customer = await view.customer(id);
        if (!customer) throw new ThroughlineError('customer-not-found', `${id}.`);
        wanted.customers.add(customer.id);
      }
    }
    return wanted;
  }

  async #homeOf(touchpoint: string): Promise<string> {
    const [found] = await this.#log.find([touchpoint]);
    const home = found && subjectOf(found.stream);
    if (home === undefined)
      throw new ThroughlineError('not-found', `The log has no touchpoint of the id ${touchpoint}.`);
    return home;
  }

  async #view(projection: string): Promise<ViewReader> {
    return this.#views[checkProjection(projection)]!.pinned();
  }
}

async function allParked(view: ViewReader): Promise<Wanted> {
  const wanted: Wanted = { subjects: new Set(), customers: new Set() };
  for (let after: string | undefined; ;) {
    const page = await view.parked({ limit: PAGE, ...(after !== undefined && { after }) });
    for (const parked of page) want(wanted, parked);
    if (page.length < PAGE) return wanted;
    after = page.at(-1)!.id;
  }
}

function want({ subjects, customers }: Wanted, { stage, of }: Parked): void {
  (stage === 'fold' ? subjects : customers).add(of);
}

/** What is parked under an id. */
async function parkedAs(view: ViewReader, id: string): Promise<Parked | undefined> {
  const around = await view.parked({ after: id.slice(0, -1), limit: SIBLINGS });
  return around.find((parked) => parked.id === id);
}

function eventOf(type: string, data: JsonObject, { at, correlationId }: Asked): NewEvent {
  const metadata = { schema: 1, $correlationId: correlationId };
  return { id: randomUUID(), type, occurredAt: at, data, metadata };
}

function slices<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
