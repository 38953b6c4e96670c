import { CATALOGUE, type TouchpointInput } from '@throughline/contracts';
import { describe, expect, test } from '@jest/globals';
import { simulate, simulateLines } from '../src/index.ts';

const UNTIL = Date.UTC(2026, 0, 1);
const OPTIONS = { customers: 400, days: 120, seed: 42, until: UNTIL };
const all = [...simulate(OPTIONS)];
const ofType = (type: string) => all.filter((touchpoint) => touchpoint.type === type);
const fact = (touchpoint: TouchpointInput, name: string) => touchpoint.data.facts?.[name];

describe('simulated customers', () => {
  test('are the same to the byte for the same seed, and others for another', () => {
    const lines = [...simulateLines(OPTIONS)].join('\n');
    expect([...simulateLines(OPTIONS)].join('\n')).toBe(lines);
    expect([...simulateLines({ ...OPTIONS, seed: 43 })].join('\n')).not.toBe(lines);
  });

  test('do only what the catalogue knows, and are marked as simulated', () => {
    for (const touchpoint of all) {
      expect(Object.keys(CATALOGUE)).toContain(touchpoint.type);
      expect(fact(touchpoint, 'simulated')).toBe(true);
    }
  });

  test('are met on seven channels', () => {
    const channels = new Set(all.map((touchpoint) => touchpoint.data.channel));
    expect([...channels].sort()).toEqual(['app', 'chat', 'email', 'phone', 'social', 'store', 'web']);
  });

  test('arrive before the end, though some happened a day or more before they arrive', () => {
    let latest = 0;
    let late = 0;
    for (const touchpoint of all) {
      const time = Date.parse(touchpoint.time);
      if (touchpoint.sentat) continue;
      expect(time).toBeLessThan(UNTIL);
      if (time < latest - 86_400_000) late++;
      latest = Math.max(latest, time);
    }
    expect(late).toBeGreaterThan(0);
  });

  test('are now and then sent twice, unchanged', () => {
    const seen = new Map<string, string>();
    let repeats = 0;
    for (const touchpoint of all) {
      const key = `${touchpoint.source} ${touchpoint.id}`;
      const text = JSON.stringify(touchpoint);
      if (seen.has(key)) {
        expect(seen.get(key)).toBe(text);
        repeats++;
      }
      seen.set(key, text);
    }
    expect(repeats).toBeGreaterThan(0);
  });

  test('keep and break promises, and break fewer than they keep', () => {
    const promised = new Map(
      ofType('order.placed').map((t) => [fact(t, 'orderId'), fact(t, 'promisedBy') as string | undefined]),
    );
    const punctual = ofType('order.delivered').map((t) => t.time <= (promised.get(fact(t, 'orderId')) ?? ''));
    const late = punctual.filter((isOnTime) => !isOnTime).length;
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(punctual.length / 2);
  });

  test('answer some surveys, dismiss a few, and keep silent on the most', () => {
    const sent = new Set(ofType('survey.sent').map((t) => fact(t, 'invitationId')));
    const answered = new Set(ofType('survey.answered').map((t) => fact(t, 'invitationId')));
    expect(answered.size).toBeGreaterThan(0);
    expect(answered.size).toBeLessThan(sent.size / 2);
    for (const invitation of answered) expect(sent).toContain(invitation);
  });

  test('are withheld from a campaign in a tenth of the cases', () => {
    const withheld = ofType('campaign.withheld').length;
    expect(withheld / (withheld + ofType('campaign.sent').length)).toBeCloseTo(0.1, 1);
  });

  test('become known in the browser in which they were anonymous before', () => {
    const became = ofType('customer.identified').filter((identified) => {
      const visitor = identified.data.identifiers!.find(({ type }) => type === 'visitor')!.value;
      return all.some(
        ({ time, data }) =>
          time < identified.time && data.identifiers?.length === 1 && data.identifiers[0]!.value === visitor,
      );
    });
    expect(became.length).toBeGreaterThan(0);
  });

  test('share a browser in some households', () => {
    const people = new Map<string, Set<string>>();
    for (const { data } of ofType('customer.identified')) {
      const value = (type: string) => data.identifiers!.find((identifier) => identifier.type === type)!.value;
      people.set(value('visitor'), (people.get(value('visitor')) ?? new Set()).add(value('customer')));
    }
    expect([...people.values()].some((sharing) => sharing.size === 2)).toBe(true);
  });

  test('sometimes use a device whose clock runs wrong, and say when they sent', () => {
    const skewed = all.filter((touchpoint) => touchpoint.sentat);
    expect(skewed.length).toBeGreaterThan(0);
    for (const touchpoint of skewed) expect(touchpoint.sentat! >= touchpoint.time).toBe(true);
  });
});
