import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import type { RequestEvent } from '@throughline/identity';
import { RequestLog, type Submitted } from './request-log.ts';
import { Stewardship } from './stewardship.ts';

/** Take a steward's request: link, split, move, or the undoing of one. */
export class SubmitRequest extends Command<Submitted> {
  readonly request: RequestEvent;
  /** When it was asked for, epoch milliseconds. */
  readonly at: number;

  constructor(request: RequestEvent, at: number) {
    super();
    this.request = request;
    this.at = at;
  }
}

@CommandHandler(SubmitRequest)
export class SubmitRequestHandler implements ICommandHandler<SubmitRequest> {
  readonly #requests: RequestLog;
  readonly #stewardship: Stewardship;

  constructor(@Inject(RequestLog) requests: RequestLog, @Inject(Stewardship) stewardship: Stewardship) {
    this.#requests = requests;
    this.#stewardship = stewardship;
  }

  execute({ request, at }: SubmitRequest): Promise<Submitted> {
    return this.#requests.submit(request, at, () => this.#stewardship.advise(request, at));
  }
}
