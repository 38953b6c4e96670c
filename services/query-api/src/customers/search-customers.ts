import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ThroughlineError } from '@throughline/contracts';
import { FIELDS } from '../definitions.ts';
import { reached } from '../reached.ts';
import { parseWhere } from '../rsql/parse-where.ts';
import { Pins, versionsOf, type VersionNames } from '../versions/pins.ts';
import { VIEW_NAMES, type Views } from '../views.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { CustomerPage } from './customer.dto.ts';
import { EVERYONE } from './search/fields.ts';
import { searchCustomers, type Place, type Sort } from './search/search.ts';
import { summaries } from './summaries.ts';

/** Customers by the values of their fields, a page at a time. */
export class SearchCustomers extends Query<CustomerPage> {
  readonly where: string | undefined;
  readonly sort: string;
  readonly limit: number;
  readonly cursor: string | undefined;

  constructor(asked: {
    readonly where?: string;
    readonly sort?: string;
    readonly limit: number;
    readonly cursor?: string;
  }) {
    super();
    this.where = asked.where;
    this.sort = asked.sort ?? `-${EVERYONE}`;
    this.limit = asked.limit;
    this.cursor = asked.cursor;
  }
}

/** Where a page ended, and what the pages before were read from: the next ones are too, whatever is promoted in between. */
interface Mark {
  readonly total: number;
  readonly after: Place;
  readonly versions: VersionNames;
}

@QueryHandler(SearchCustomers)
export class SearchCustomersHandler implements IQueryHandler<SearchCustomers> {
  readonly #pins: Pins;

  constructor(@Inject(Pins) pins: Pins) {
    this.#pins = pins;
  }

  async execute(asked: SearchCustomers): Promise<CustomerPage> {
    const { where, sort, cursor } = asked;
    const question = [where ?? '', sort].join('\n');
    const mark = cursor === undefined ? undefined : readCursor(cursor, question, isMark);
    if (!mark) return await page(await this.#pins.views(), asked, question, undefined);
    const next = await this.#pins.askAll(mark.versions, (views) => page(views, asked, question, mark));
    if (next) return next;
    throw new ThroughlineError(
      'invalid-query',
      'The cursor goes on in a version of the views that is no longer kept. Start without it.',
    );
  }
}

async function page(
  views: Views,
  { where, sort, limit }: SearchCustomers,
  question: string,
  from: Mark | undefined,
): Promise<CustomerPage> {
  const position = await reached(views);
  const condition = where === undefined ? undefined : parseWhere(where, FIELDS);
  const { total, places, more } = await searchCustomers(views, condition, sortBy(sort), limit, from);
  const items = await summaries(
    views,
    places.map((place) => place.customer),
  );
  const after = more ? places.at(-1) : undefined;
  const next = after && writeCursor(question, { total, after, versions: versionsOf(views) } satisfies Mark);
  return { total, items, ...(next !== undefined && { next }), position };
}

function sortBy(text: string): Sort {
  const field = text.replace(/^-/, '');
  if (!FIELDS.some((known) => known.field === field)) {
    throw new ThroughlineError(
      'invalid-query',
      `There is no field "${field}" to sort by. There are ${FIELDS.map((known) => known.field).join(', ')}.`,
    );
  }
  return { field, descending: text.startsWith('-') };
}

function isMark(state: object): state is Mark {
  const { total, after, versions } = state as Partial<Record<keyof Mark, unknown>>;
  if (typeof total !== 'number' || typeof after !== 'object' || after === null) return false;
  if (typeof versions !== 'object' || versions === null) return false;
  if (VIEW_NAMES.some((name) => typeof (versions as Partial<Record<string, unknown>>)[name] !== 'string')) return false;
  const { value, customer, rest } = after as Partial<Record<keyof Place, unknown>>;
  const isValue = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
  return isValue && typeof customer === 'string' && /^[0-9a-f]{32}$/.test(customer) && typeof rest === 'boolean';
}
