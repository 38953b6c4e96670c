import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import type { Parked, ViewReader } from '@throughline/read-model';
import { EVENT_LOG } from '@throughline/runtime';
import { readCursor, writeCursor } from '../customers/cursor.ts';
import { Pins } from '../versions/pins.ts';
import type { ParkedAnswer, ParkedItem } from './parked.dto.ts';

/** What the live version of a projection could not fold or finish: where it failed, and never what is in it. */
export class ListParked extends Query<ParkedAnswer> {
  readonly projection: string;
  readonly limit: number;
  readonly cursor: string | undefined;

  constructor(projection: string, { limit, cursor }: { limit: number; cursor: string | undefined }) {
    super();
    this.projection = projection;
    this.limit = limit;
    this.cursor = cursor;
  }
}

@QueryHandler(ListParked)
export class ListParkedHandler implements IQueryHandler<ListParked> {
  readonly #pins: Pins;
  readonly #log: LogReader;

  constructor(@Inject(Pins) pins: Pins, @Inject(EVENT_LOG) log: LogReader) {
    this.#pins = pins;
    this.#log = log;
  }

  async execute({ projection, limit, cursor }: ListParked): Promise<ParkedAnswer> {
    const view = await this.#pins.view(projection);
    const { position } = await view.progress();
    const question = `parked ${projection}`;
    const from = cursor === undefined ? {} : readCursor(cursor, question, isPlace);
    const found = await view.parked({ ...from, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const next = found.length > limit && writeCursor(question, { after: shown.at(-1)!.id } satisfies Place);
    return {
      total: await view.parkedCount(),
      items: await this.#items(view, shown),
      ...(next && { next }),
      position,
    };
  }

  async #items(view: ViewReader, parked: readonly Parked[]): Promise<readonly ParkedItem[]> {
    const customers = await view.customersOf(parked.map(({ of }) => of));
    const touchpoints = await this.#touchpoints(parked);
    return parked.map(({ id, stage, of, error }, i) => {
      const touchpoint = touchpoints.get(id);
      return {
        id,
        stage,
        of,
        customer: stage === 'view' ? of : customers[i]!,
        error,
        ...(touchpoint && {
          type: touchpoint.type,
          occurredAt: new Date(touchpoint.occurredAt).toISOString(),
          position: touchpoint.position,
        }),
      };
    });
  }

  async #touchpoints(parked: readonly Parked[]): Promise<ReadonlyMap<string, RecordedEvent>> {
    const ids = parked.filter(({ stage }) => stage === 'fold').map(({ id }) => id);
    const homes = await this.#log.find(ids);
    const events = await this.#log.at(homes.flatMap((home) => (home ? [home.position] : [])));
    return new Map(events.map((event) => [event.id, event]));
  }
}

interface Place {
  readonly after: string;
}

function isPlace(state: object): state is Place {
  return typeof (state as Partial<Place>).after === 'string';
}
