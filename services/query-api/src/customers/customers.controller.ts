import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ThroughlineError } from '@throughline/contracts';
import { FIELDS } from '../definitions.ts';
import { Questions } from '../http/asked.ts';
import { Problems } from '../http/problems.ts';
import { AsOfAsked } from './as-of/as-of.asked.ts';
import { ExplainAsOf } from './as-of/explain-as-of.ts';
import { GetCustomerAsOf } from './as-of/get-customer-as-of.ts';
import { CustomerAnswer, CustomerPage } from './customer.dto.ts';
import { customerId, OF_CUSTOMER } from './customer-id.ts';
import { CustomersAsked, limitOf, list, TimelineAsked } from './customers.asked.ts';
import { ExplainCustomer } from './explain-customer.ts';
import { Explanation } from './explain.dto.ts';
import { FindByIdentifier } from './find-by-identifier.ts';
import { GetCustomer } from './get-customer.ts';
import { GetTimeline } from './get-timeline.ts';
import { SearchCustomers } from './search-customers.ts';
import { Timeline } from './timeline.dto.ts';

/** What `where` and `sort` may name. */
const FIELD_TABLE = [
  '| field | type | what it is |',
  '| --- | --- | --- |',
  ...FIELDS.map(({ field, type, description }) => `| \`${field}\` | ${type} | ${description} |`),
].join('\n');

@ApiTags('customers')
@Controller('customers')
@Questions()
export class CustomersController {
  readonly #queries: QueryBus;

  constructor(queries: QueryBus) {
    this.#queries = queries;
  }

  @Get()
  @ApiOperation({
    summary: 'Find customers: by an identifier, or by what is known of them',
    description:
      '`identifier=phone:977-806-9726` finds the one customer behind an identifier. Otherwise `where` is RSQL: comparisons ' +
      '`field operator value` joined by `;` (and) and `,` (or), with parentheses; operators `==`, `!=`, `=lt=`, `=le=`, `=gt=`, ' +
      '`=ge=`, `=in=(a,b)`, `=out=(a,b)`; values with spaces in quotes. A customer without a value matches no comparison on it. ' +
      '`sort` is a field, `-` before it for descending; customers without a value come last. `total` is exact.\n\n' +
      FIELD_TABLE,
  })
  @ApiOkResponse({ type: CustomerPage })
  @Problems('invalid-query', 'not-caught-up')
  find(@Query() asked: CustomersAsked): Promise<CustomerPage> {
    const { identifier, ...search } = asked;
    if (identifier === undefined)
      return this.#queries.execute(new SearchCustomers({ ...search, limit: limitOf(asked.limit) }));
    if ((search.where ?? search.sort ?? search.cursor) !== undefined) {
      throw new ThroughlineError('invalid-query', 'Ask by identifier, or by where, sort and cursor, not both.');
    }
    return this.#queries.execute(new FindByIdentifier(identifier));
  }

  @Get(':id')
  @ApiOperation({
    summary: 'One customer from both sides: what they are to the company, and what the company is to them',
    description:
      'As they are now; with `asOf`, `knownAt` or `version` as they were, told from the log. `asOf` leaves out what happened later, ' +
      '`knownAt` what was recorded later: touchpoints, retractions, who is who and definitions. Neither is later than today, nor ' +
      '`asOf` later than the day of `knownAt`. Of an id that was merged since, the customer of then is told.',
  })
  @ApiParam(OF_CUSTOMER)
  @ApiOkResponse({ type: CustomerAnswer })
  @Problems('invalid-query', 'customer-not-found', 'not-found', 'not-caught-up')
  get(@Param('id') id: string, @Query() { asOf, knownAt, version }: AsOfAsked): Promise<CustomerAnswer> {
    if ((asOf ?? knownAt ?? version) === undefined) return this.#queries.execute(new GetCustomer(customerId(id)));
    return this.#queries.execute(new GetCustomerAsOf(customerId(id), { asOf, knownAt, version }));
  }

  @Get(':id/timeline')
  @ApiOperation({ summary: 'Everything that happened to a customer, on all channels, newest first' })
  @ApiParam(OF_CUSTOMER)
  @ApiOkResponse({ type: Timeline })
  @Problems('invalid-query', 'customer-not-found', 'not-caught-up')
  timeline(@Param('id') id: string, @Query() asked: TimelineAsked): Promise<Timeline> {
    const { cursor } = asked;
    const paging = { limit: limitOf(asked.limit), ...(cursor === undefined ? {} : { cursor }) };
    return this.#queries.execute(
      new GetTimeline(customerId(id), { ...paging, channels: list(asked.channel), types: list(asked.type) }),
    );
  }

  @Get(':id/explain')
  @ApiOperation({
    summary: 'Why a customer’s score is what it is: each touchpoint’s signed part; the parts add up to the score',
    description:
      'Of now; with `asOf` or `knownAt` of then. `version` alone is one of cem that is kept; with them, any there ever was.',
  })
  @ApiParam(OF_CUSTOMER)
  @ApiOkResponse({ type: Explanation })
  @Problems('invalid-query', 'customer-not-found', 'not-found', 'not-caught-up')
  explain(@Param('id') id: string, @Query() { asOf, knownAt, version }: AsOfAsked): Promise<Explanation> {
    if ((asOf ?? knownAt) === undefined)
      return this.#queries.execute(new ExplainCustomer(customerId(id), version?.replace(/^cem:/, '')));
    return this.#queries.execute(new ExplainAsOf(customerId(id), { asOf, knownAt, version }));
  }
}
