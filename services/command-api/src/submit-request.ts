import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import type { RequestEvent } from '@throughline/identity';
import { RequestLog, type Asked, type Submitted } from './request-log.ts';
import { Stewardship } from './stewardship.ts';

/** Take a steward's request: link, split, move, or the undoing of one. */
export class SubmitRequest extends Command<Submitted> {
  readonly request: RequestEvent;
  readonly asked: Asked;

  constructor(request: RequestEvent, asked: Asked) {
    super();
    this.request = request;
    this.asked = asked;
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

  execute({ request, asked }: SubmitRequest): Promise<Submitted> {
    return this.#requests.submit(request, asked, () => this.#stewardship.advise(request, asked.at));
  }
}
