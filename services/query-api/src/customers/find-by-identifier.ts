import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { keyOf, normalise, ThroughlineError } from '@throughline/contracts';
import { SECRET, SETTINGS, type Settings } from '@throughline/runtime';
import { Pins } from '../versions/pins.ts';
import type { CustomerPage } from './customer.dto.ts';
import { summaries } from './summaries.ts';
import { reached } from '../reached.ts';

/** The customer behind an identifier, `type:value`, as a person writes it. */
export class FindByIdentifier extends Query<CustomerPage> {
  readonly identifier: string;

  constructor(identifier: string) {
    super();
    this.identifier = identifier;
  }
}

@QueryHandler(FindByIdentifier)
export class FindByIdentifierHandler implements IQueryHandler<FindByIdentifier> {
  readonly #pins: Pins;
  readonly #secret: Uint8Array;
  readonly #region: string;

  constructor(@Inject(Pins) pins: Pins, @Inject(SECRET) secret: Uint8Array, @Inject(SETTINGS) settings: Settings) {
    this.#pins = pins;
    this.#secret = secret;
    this.#region = settings.phoneRegion;
  }

  async execute({ identifier }: FindByIdentifier): Promise<CustomerPage> {
    const views = await this.#pins.views();
    const position = await reached(views);
    const customer = await views.crm.customer(this.#keyOf(identifier));
    const items = customer ? await summaries(views, [customer.id]) : [];
    return { total: items.length, items, position };
  }

  #keyOf(identifier: string): string {
    const colon = identifier.indexOf(':');
    if (colon < 1)
      throw new ThroughlineError('invalid-query', 'identifier is written type:value, such as email:ada@example.com.');
    const type = identifier.slice(0, colon);
    const normalised = normalise(type, identifier.slice(colon + 1), this.#region);
    if (!normalised.ok)
      throw new ThroughlineError('invalid-query', `The value of the identifier is ${normalised.reason}.`);
    return keyOf(this.#secret, { type, value: normalised.value });
  }
}
