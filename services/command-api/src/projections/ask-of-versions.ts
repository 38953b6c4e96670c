import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Asked } from '../request-log.ts';
import { VersionDesk, type VersionRequest, type VersionsAsked } from './version-desk.ts';

/** Ask something of the versions of a projection: start a replay, pause, compare, promote, roll back, retire. */
export class AskOfVersions extends Command<VersionsAsked> {
  readonly projection: string;
  readonly request: VersionRequest;
  readonly asked: Asked;

  constructor(projection: string, request: VersionRequest, asked: Asked) {
    super();
    this.projection = projection;
    this.request = request;
    this.asked = asked;
  }
}

@CommandHandler(AskOfVersions)
export class AskOfVersionsHandler implements ICommandHandler<AskOfVersions> {
  readonly #desk: VersionDesk;

  constructor(@Inject(VersionDesk) desk: VersionDesk) {
    this.#desk = desk;
  }

  execute({ projection, request, asked }: AskOfVersions): Promise<VersionsAsked> {
    return this.#desk.ask(projection, request, asked);
  }
}
