/** Identity's own control stream: which rules decide, and by which of them views are read. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { identitiesOf, identityName, keptVersions, namesGiven, shownThen } from '../src/index.ts';
import { asked, Ledger } from './given.ts';

const rules = (version: number) => ({ rules: { version } });
const VIEWS = ['crm', 'cem'];

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger(identityName);
});

const promote = (replay: string) =>
  ledger.do({ id: ledger.id(), type: 'promote', data: { replay, views: VIEWS, ...asked } });
const rollBack = () => ledger.do({ id: ledger.id(), type: 'roll-back', data: { views: VIEWS, ...asked } });
const ready = (projection: string, of = ledger.state.switching!.id) =>
  ledger.do({ id: `ready-${of}-${projection}`, type: 'views.ready', data: { switch: of, projection } });
const types = () => ledger.recorded.map(({ type }) => type);

describe('the versions of identity', () => {
  test('are called by the number of their rules, whatever the code; the shipped ones are v1', () => {
    expect(keptVersions(ledger.state, identityName)).toMatchObject([{ version: 'v1', role: 'live' }]);
    expect(identitiesOf(ledger.state)).toEqual({ shown: 'v1', kept: ['v1'] });
    ledger.candidate(rules(7));
    expect(keptVersions(ledger.state, identityName)).toMatchObject([{ version: 'v1' }, { version: 'v7' }]);
  });

  test('keep their names for ever, cancelled ones too: their decisions stand in the log', () => {
    const replay = ledger.start(rules(2));
    ledger.do({ id: ledger.id(), type: 'cancel', data: { replay, ...asked } });
    expect(namesGiven(ledger.state, identityName)).toEqual(new Set(['v1', 'v2']));
  });
});

describe('views go over to another version of identity', () => {
  test('together, once the last of them has it', () => {
    promote(ledger.candidate(rules(2)));
    expect(identitiesOf(ledger.state)).toEqual({ shown: 'v1', kept: ['v1', 'v2'] });
    ready('cem');
    expect(identitiesOf(ledger.state).shown).toBe('v1');
    ready('crm');
    expect(types().slice(-2)).toEqual(['views.ready', 'views.switched']);
    expect(identitiesOf(ledger.state)).toEqual({ shown: 'v2', kept: ['v2', 'v1'] });
    expect(ledger.state.switching).toBeUndefined();
  });

  test('once for each telling: told again, or too late, nothing more happens', () => {
    promote(ledger.candidate(rules(2)));
    const first = ledger.state.switching!.id;
    ready('cem');
    expect(ready('cem')).toEqual({ ok: true, events: [] });
    expect(ledger.do({ id: 'other', type: 'views.ready', data: { switch: first, projection: 'cem' } })).toEqual({
      ok: true,
      events: [],
    });
    ready('crm');
    expect(ledger.do({ id: 'late', type: 'views.ready', data: { switch: first, projection: 'crm' } })).toEqual({
      ok: false,
      reason: 'IS_OVER',
    });
  });

  test('back when it is rolled back, even before all of them were there', () => {
    promote(ledger.candidate(rules(2)));
    const first = ledger.state.switching!.id;
    ready('cem');
    rollBack();
    expect(ready('crm', first)).toEqual({ ok: false, reason: 'IS_OVER' });
    expect(identitiesOf(ledger.state)).toEqual({ shown: 'v1', kept: ['v1'] });
    VIEWS.forEach((name) => ready(name));
    expect(identitiesOf(ledger.state)).toEqual({ shown: 'v1', kept: ['v1'] });
  });

  test('one step at a time: until they have, nothing else is promoted, and what they are read by is not retired', () => {
    promote(ledger.candidate(rules(2)));
    const next = ledger.candidate(rules(3));
    expect(promote(next)).toEqual({ ok: false, reason: 'SWITCHING' });
    expect(ledger.do({ id: ledger.id(), type: 'retire', data: { version: 'v1', ...asked } })).toEqual({
      ok: false,
      reason: 'SWITCHING',
    });
    VIEWS.forEach((name) => ready(name));
    expect(promote(next)).toMatchObject({ ok: true });
  });

  test('and what they were read by at a position is known for ever', () => {
    promote(ledger.candidate(rules(2)));
    VIEWS.forEach((name) => ready(name));
    const over = ledger.recorded.at(-1)!.position;
    rollBack();
    VIEWS.forEach((name) => ready(name));
    const back = ledger.recorded.at(-1)!.position;
    const before = ledger.recorded[0]!.position;
    expect([before, over, back].map((known) => shownThen(ledger.state, ({ position }) => position <= known))).toEqual([
      'v1',
      'v2',
      'v1',
    ]);
  });
});
