import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { DIMENSIONS, ThroughlineError, type TouchpointData, type TouchpointMetadata } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { EVENT_LOG } from '@throughline/runtime';
import { Pins } from '../versions/pins.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { historyOf, homeOfEvent, type HistoryEntry } from './history/history.ts';
import { NewestPage, type Moment } from './history/page.ts';
import type { Timeline, TimelineItem } from './timeline.dto.ts';

/** What happened to one customer, on all channels, newest first. */
export class GetTimeline extends Query<Timeline> {
  readonly id: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  /** Only these; empty for all. */
  readonly channels: readonly string[];
  readonly types: readonly string[];

  constructor(
    id: string,
    asked: { limit: number; cursor?: string; channels: readonly string[]; types: readonly string[] },
  ) {
    super();
    this.id = id;
    this.limit = asked.limit;
    this.cursor = asked.cursor;
    this.channels = asked.channels;
    this.types = asked.types;
  }
}

@QueryHandler(GetTimeline)
export class GetTimelineHandler implements IQueryHandler<GetTimeline> {
  readonly #pins: Pins;
  readonly #log: LogReader;

  constructor(@Inject(Pins) pins: Pins, @Inject(EVENT_LOG) log: LogReader) {
    this.#pins = pins;
    this.#log = log;
  }

  /** Goes through the headers of the whole history for each page, since a late touchpoint may stand anywhere in it; keeps one page. */
  async execute({ id, limit, cursor, channels, types }: GetTimeline): Promise<Timeline> {
    const crm = await this.#pins.view('crm');
    const { position } = await crm.progress();
    const customer = await crm.customer(id);
    if (!customer) throw new ThroughlineError('customer-not-found');
    const question = ['timeline', customer.id, channels.join(), types.join()].join('\n');
    const page = new NewestPage(limit + 1, cursor === undefined ? undefined : readCursor(cursor, question, isMoment));
    const subjects = customer.keys.map((key) => key.key);
    const upTo = await this.#log.head();
    for await (const entry of historyOf(this.#log, subjects, await crm.moves(), upTo)) {
      const { event } = entry;
      if (!page.wants(event) || (types.length > 0 && !types.includes(event.type))) continue;
      if (channels.length === 0 || channels.includes(String(event.data['channel'] ?? ''))) page.add(entry);
    }
    const shown = page.entries.slice(0, limit);
    const last = page.entries.length > limit ? shown.at(-1)?.event : undefined;
    const next = last && writeCursor(question, { occurredAt: last.occurredAt, id: last.id } satisfies Moment);
    return { id: customer.id, items: shown.map(itemOf), ...(next ? { next } : {}), position };
  }
}

function itemOf({ event, takenBack }: HistoryEntry): TimelineItem {
  const data = event.data as unknown as TouchpointData;
  const metadata = event.metadata as TouchpointMetadata;
  const dimensions = DIMENSIONS.flatMap((name) => (data[name] === undefined ? [] : [[name, data[name]] as const]));
  return {
    id: event.id,
    type: event.type,
    occurredAt: new Date(event.occurredAt).toISOString(),
    recordedAt: new Date(event.recordedAt).toISOString(),
    dimensions: Object.fromEntries(dimensions),
    facts: data.facts,
    ...(event.personal ? { personal: event.personal } : {}),
    keys: data.keys,
    source: metadata.source,
    ...(metadata.flags ? { flags: metadata.flags } : {}),
    subject: homeOfEvent(event),
    ...(takenBack ? { takenBack: takenBackOf(takenBack) } : {}),
    position: event.position,
  };
}

function takenBackOf(event: RecordedEvent) {
  const { reason } = (event.data as unknown as TouchpointData).facts;
  return {
    at: new Date(event.recordedAt).toISOString(),
    by: event.type,
    ...(typeof reason === 'string' ? { reason } : {}),
  };
}

function isMoment(state: object): state is Moment {
  const { occurredAt, id } = state as Partial<Record<keyof Moment, unknown>>;
  return typeof occurredAt === 'number' && typeof id === 'string';
}
