import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_COMPANY, versionOf } from '@throughline/contracts';
import { cemProjection, checkDefinition, SCORE_V1, type ScoreDefinition } from '../src/index.ts';
import { ago, cem, nps, TODAY, viewOf } from './given.ts';

const EXAMPLE = new URL('../../../examples/definitions/score-v2.json', import.meta.url);

describe('the example of a second score definition', () => {
  const score = checkDefinition(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  const signalOf = (definition: ScoreDefinition, name: string) =>
    definition.signals.find((signal) => signal.name === name)!;

  test('is taken, and makes a version of its own', () => {
    const second = cemProjection(DEFAULT_COMPANY, { score: { ...score } });
    expect(versionOf(second)).not.toBe(versionOf(cem));
    expect([score.name, score.version]).toEqual([SCORE_V1.name, SCORE_V1.version + 1]);
  });

  test('looks for what the shipped one looks for, and forgets all of it faster', () => {
    expect(score.signals.map(({ name, from }) => [name, from])).toEqual(
      SCORE_V1.signals.map(({ name, from }) => [name, from]),
    );
    for (const { name, halfLifeDays, why } of score.signals) {
      expect(halfLifeDays).toBeLessThan(signalOf(SCORE_V1, name).halfLifeDays);
      expect(why).not.toBe(signalOf(SCORE_V1, name).why);
    }
  });

  test('lets waiting and repeats weigh more, and nothing else', () => {
    const heavier = score.signals.filter(({ name, weight }) => weight > signalOf(SCORE_V1, name).weight);
    expect(heavier.map(({ name }) => name)).toEqual([
      'phone-wait',
      'chat-wait',
      'gave-up',
      'transfers',
      'repeat-contact',
      'reply-wait',
      'time-to-resolve',
      'first-contact',
      'reopened',
    ]);
    expect(score.signals.every(({ name, weight }) => weight >= signalOf(SCORE_V1, name).weight)).toBe(true);
  });

  test('thinks worse of a customer who was kept waiting and had to call again', () => {
    const call = (days: number) => ago(days, 'call.ended', { outcome: 'answered', reason: 'bill', waitSeconds: 240 });
    const waited = [ago(40, 'survey.answered', nps(9)), call(12), call(2)];
    const [before, after] = [viewOf(waited), viewOf(waited, TODAY, score)];
    expect(after.score!).toBeLessThan(before.score! - 5);
    expect(after.stated.score!).toBeLessThan(before.stated.score!);
  });
});
