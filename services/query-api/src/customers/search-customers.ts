import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ThroughlineError } from '@throughline/contracts';
import { VIEWS } from '@throughline/runtime';
import { FIELDS } from '../definitions.ts';
import { reached } from '../reached.ts';
import { parseWhere } from '../rsql/parse-where.ts';
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

interface Mark {
  readonly total: number;
  readonly after: Place;
}

@QueryHandler(SearchCustomers)
export class SearchCustomersHandler implements IQueryHandler<SearchCustomers> {
  readonly #views: Views;

  constructor(@Inject(VIEWS) views: Views) {
    this.#views = views;
  }

  async execute({ where, sort, limit, cursor }: SearchCustomers): Promise<CustomerPage> {
    const position = await reached(this.#views);
    const question = [where ?? '', sort, ...VIEW_NAMES.map((name) => this.#views[name].version)].join('\n');
    const found = await searchCustomers(
      this.#views,
      where === undefined ? undefined : parseWhere(where, FIELDS),
      sortBy(sort),
      limit,
      cursor === undefined ? undefined : readCursor(cursor, question, isMark),
    );
    const items = await summaries(
      this.#views,
      found.places.map((place) => place.customer),
    );
    const after = found.more ? found.places.at(-1) : undefined;
    return {
      total: found.total,
      items,
      ...(after ? { next: writeCursor(question, { total: found.total, after } satisfies Mark) } : {}),
      position,
    };
  }
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
  const { total, after } = state as Partial<Record<keyof Mark, unknown>>;
  if (typeof total !== 'number' || typeof after !== 'object' || after === null) return false;
  const { value, customer, rest } = after as Partial<Record<keyof Place, unknown>>;
  const isValue = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
  return isValue && typeof customer === 'string' && /^[0-9a-f]{32}$/.test(customer) && typeof rest === 'boolean';
}
