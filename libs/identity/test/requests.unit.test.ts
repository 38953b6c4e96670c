import { describe, expect, test } from '@jest/globals';
import { decideRequest, evolveRequests, initialRequests, type RequestEvent } from '../src/index.ts';

const asked = { author: 'grace', reason: 'They said so.' };
const [ada, bob, eve] = ['ada', 'bob', 'eve'].map((name) => ({ type: 'email', key: name })) as [Key, Key, Key];
type Key = { type: string; key: string };

const link = (id: string, a = ada, b = bob): RequestEvent => ({
  id,
  type: 'identity.link-requested',
  data: { a, b, ...asked },
});
const split = (id: string, apart: Key[], rest: Key[]): RequestEvent => ({
  id,
  type: 'identity.split-requested',
  data: { apart, rest, ...asked },
});
const move = (id: string, data: object): RequestEvent => ({
  id,
  type: 'identity.move-requested',
  data: { from: 'ada', to: 'bob', ...data, ...asked },
});
const undo = (id: string, requestId: string): RequestEvent => ({
  id,
  type: 'identity.request-undone',
  data: { requestId, ...asked },
});

const given = (...events: RequestEvent[]) => events.reduce(evolveRequests, initialRequests());
const refused = (reason: string) => ({ ok: false, reason });
const SPAN = { from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' };

describe('a steward’s request', () => {
  test.each<[string, RequestEvent]>([
    ['a link', link('r1')],
    ['a split', split('r1', [ada], [bob, eve])],
    ['a move of touchpoints', move('r1', { touchpoints: ['t1'] })],
    ['a move of a span', move('r1', { span: SPAN })],
  ])('%s is taken', (_, request) => {
    expect(decideRequest(request, given())).toEqual({ ok: true, events: [request] });
  });

  test.each<[string, RequestEvent, string]>([
    ['a link of a key to itself', link('r1', ada, ada), 'SAME_KEY'],
    ['a split of nothing', split('r1', [], [ada]), 'NOTHING_TO_SPLIT'],
    ['a split from nothing', split('r1', [ada], []), 'NOTHING_TO_SPLIT'],
    ['a split with a key on both sides', split('r1', [ada, bob], [bob]), 'NOTHING_TO_SPLIT'],
    ['a move within a subject', move('r1', { to: 'ada', span: SPAN }), 'SAME_SUBJECT'],
    ['a move of nothing', move('r1', {}), 'TOUCHPOINTS_OR_SPAN'],
    ['a move of no touchpoints', move('r1', { touchpoints: [] }), 'TOUCHPOINTS_OR_SPAN'],
    ['a move of both', move('r1', { touchpoints: ['t1'], span: SPAN }), 'TOUCHPOINTS_OR_SPAN'],
    ['a move of a span that ends first', move('r1', { span: { from: SPAN.to, to: SPAN.from } }), 'EMPTY_SPAN'],
    ['an undoing of nothing', undo('r1', 'r0'), 'NO_SUCH_REQUEST'],
  ])('%s is refused', (_, request, reason) => {
    expect(decideRequest(request, given())).toEqual(refused(reason));
  });

  test('made again is already there, whatever the order of its members', () => {
    const again: RequestEvent = { id: 'r1', type: 'identity.link-requested', data: { ...asked, b: bob, a: ada } };
    expect(decideRequest(again, given(link('r1')))).toEqual({ ok: true, events: [] });
    expect(decideRequest(link('r1', ada, eve), given(link('r1')))).toEqual(refused('REQUEST_ID_TAKEN'));
  });

  test('is undone once, and an undoing not at all', () => {
    expect(decideRequest(undo('r2', 'r1'), given(link('r1')))).toMatchObject({ ok: true });
    expect(decideRequest(undo('r3', 'r1'), given(link('r1'), undo('r2', 'r1')))).toEqual(refused('ALREADY_UNDONE'));
    expect(decideRequest(undo('r3', 'r2'), given(link('r1'), undo('r2', 'r1')))).toEqual(refused('CANNOT_BE_UNDONE'));
  });
});
