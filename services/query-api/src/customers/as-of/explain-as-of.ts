import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { explain, type ScoreDefinition } from '@throughline/cem';
import { dayToText, type Company, type Touchpoint } from '@throughline/contracts';
import { SETTINGS, type Settings } from '@throughline/runtime';
import type { Explanation } from '../explain.dto.ts';
import { Past, type AskedOfThePast } from './past.ts';

/** Why a customer’s score was what it was, as was known. */
export class ExplainAsOf extends Query<Explanation> {
  readonly id: string;
  readonly asked: AskedOfThePast;

  constructor(id: string, asked: AskedOfThePast) {
    super();
    this.id = id;
    this.asked = asked;
  }
}

@QueryHandler(ExplainAsOf)
export class ExplainAsOfHandler implements IQueryHandler<ExplainAsOf> {
  readonly #past: Past;
  readonly #company: Company;

  constructor(@Inject(Past) past: Past, @Inject(SETTINGS) { company }: Settings) {
    this.#past = past;
    this.#company = company;
  }

  async execute({ id, asked }: ExplainAsOf): Promise<Explanation> {
    const then = await this.#past.asKnown(asked);
    const { asOf, knownAt } = then.moments;
    const by = await then.definition('cem');
    const { stood, answer } = await this.#past.tell(id, then, async (touchpoints) => {
      const counting: Touchpoint[] = [];
      for await (const touchpoint of touchpoints()) counting.push(touchpoint);
      return counting;
    });
    const score = (by.definition.definitions as unknown as { readonly score: ScoreDefinition }).score;
    const { definition, prior, score: explained, parts } = explain(answer, asOf.day, this.#company, score);
    return {
      id: stood.id,
      day: dayToText(asOf.day),
      definition,
      prior,
      ...explained,
      parts: parts.map((part) => ({ ...part, occurredAt: new Date(part.occurredAt).toISOString() })),
      asOf: asOf.text,
      knownAt: knownAt.text,
      versions: { identity: then.identity, cem: by.version },
      position: then.known.upTo,
    };
  }
}
