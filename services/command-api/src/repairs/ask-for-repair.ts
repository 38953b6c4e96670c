import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@throughline/contracts';
import type { Asked } from '../request-log.ts';
import { RepairDesk, type Cleared, type Refolded, type Which } from './repair-desk.ts';

/** Try again what a projection has parked. */
export class RedriveParked extends Command<Refolded> {
  readonly projection: string;
  readonly which: Which;
  readonly said: AskedBy;
  readonly asked: Asked;

  constructor(projection: string, which: Which, said: AskedBy, asked: Asked) {
    super();
    this.projection = projection;
    this.which = which;
    this.said = said;
    this.asked = asked;
  }
}

@CommandHandler(RedriveParked)
export class RedriveParkedHandler implements ICommandHandler<RedriveParked> {
  readonly #desk: RepairDesk;

  constructor(@Inject(RepairDesk) desk: RepairDesk) {
    this.#desk = desk;
  }

  execute({ projection, which, said, asked }: RedriveParked): Promise<Refolded> {
    return this.#desk.redrive(projection, which, said, asked);
  }
}

/** Leave parked touchpoints out for good. */
export class ClearParked extends Command<Cleared> {
  readonly projection: string;
  readonly ids: readonly string[];
  readonly said: AskedBy;
  readonly asked: Asked;

  constructor(projection: string, ids: readonly string[], said: AskedBy, asked: Asked) {
    super();
    this.projection = projection;
    this.ids = ids;
    this.said = said;
    this.asked = asked;
  }
}

@CommandHandler(ClearParked)
export class ClearParkedHandler implements ICommandHandler<ClearParked> {
  readonly #desk: RepairDesk;

  constructor(@Inject(RepairDesk) desk: RepairDesk) {
    this.#desk = desk;
  }

  execute({ projection, ids, said, asked }: ClearParked): Promise<Cleared> {
    return this.#desk.clear(projection, ids, said, asked);
  }
}

/** Fold one customer again from their own streams. */
export class RebuildCustomer extends Command<Refolded> {
  readonly customer: string;
  readonly projections: readonly string[];
  readonly said: AskedBy;
  readonly asked: Asked;

  constructor(customer: string, projections: readonly string[], said: AskedBy, asked: Asked) {
    super();
    this.customer = customer;
    this.projections = projections;
    this.said = said;
    this.asked = asked;
  }
}

@CommandHandler(RebuildCustomer)
export class RebuildCustomerHandler implements ICommandHandler<RebuildCustomer> {
  readonly #desk: RepairDesk;

  constructor(@Inject(RepairDesk) desk: RepairDesk) {
    this.#desk = desk;
  }

  execute({ customer, projections, said, asked }: RebuildCustomer): Promise<Refolded> {
    return this.#desk.rebuild(customer, projections, said, asked);
  }
}
