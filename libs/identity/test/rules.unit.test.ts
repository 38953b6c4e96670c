import { describe, expect, test } from '@jest/globals';
import type { Key } from '@throughline/contracts';
import { DEFAULT_RULES, preview, Rules, type RequestEvent } from '../src/index.ts';
import { World } from './world.ts';

const key = (type: string, name: string): Key => ({ type, key: `${type}-${name}` });
const asked = { author: 'grace', reason: 'They said so.' };

/** Touchpoints happen one after the other, unless told. */
function worldOf(document = DEFAULT_RULES) {
  const world = new World(document);
  let n = 0;
  const together = (keys: readonly Key[], occurredAt = n) => world.touch({ id: `t${(n += 1)}`, occurredAt, keys });
  const link = (id: string, a: Key, b: Key) =>
    world.request(id, 'identity.link-requested', n, { a: { ...a }, b: { ...b }, ...asked });
  const split = (id: string, apart: Key[], rest: Key[]) =>
    world.request(id, 'identity.split-requested', n, {
      apart: apart.map((k) => ({ ...k })),
      rest: rest.map((k) => ({ ...k })),
      ...asked,
    });
  const undo = (requestId: string) =>
    world.request(`undo-${requestId}`, 'identity.request-undone', n, { requestId, ...asked });
  const isOne = (...keys: Key[]) => new Set(keys.map((each) => world.customerOf(each.key))).size === 1;
  return { world, together, link, split, undo, isOne };
}

const [ada, bob] = [key('email', 'ada'), key('email', 'bob')];
const [adaPhone, bobPhone] = [key('phone', 'ada'), key('phone', 'bob')];
const [clientA, clientB] = [key('client', 'A'), key('client', 'B')];

describe('evidence', () => {
  test('of a complaint ties the phone that called about it to the client who filed it', () => {
    const { together, isOne } = worldOf();
    const complaint = key('complaint', 'CR1');
    together([adaPhone]);
    together([adaPhone, complaint]);
    together([clientA, complaint]);
    expect(isOne(clientA, adaPhone, complaint)).toBe(true);
  });

  test('that comes late but happened first decides who an identifier belongs to', () => {
    const { world, together, isOne } = worldOf();
    together([clientA, adaPhone], 200);
    together([clientB, adaPhone], 300);
    expect(isOne(clientA, adaPhone)).toBe(true);
    const [split] = together([clientB, adaPhone], 100);
    expect(isOne(clientB, adaPhone)).toBe(true);
    expect(split).toMatchObject({
      type: 'customer.split',
      data: { from: clientA.key, customer: clientB.key, keys: [adaPhone] },
    });
    expect(world.decisions.map(({ data }) => data['reason'])).toContain('unique');
  });

  test('that is repeated decides nothing', () => {
    const { together } = worldOf();
    together([ada, adaPhone]);
    expect(together([ada, adaPhone])).toEqual([]);
    expect(together([ada, adaPhone])).toEqual([]);
  });
});

describe('a customer’s id', () => {
  test('is its first recorded subject: on a merge the older survives, after a split the younger revives', () => {
    const { world, together, split, undo } = worldOf();
    together([bob]);
    together([adaPhone]);
    together([ada, adaPhone]);
    expect(world.customerOf(ada.key)).toBe(adaPhone.key);
    const [merged] = together([bob, adaPhone]);
    expect(merged).toMatchObject({
      type: 'customers.merged',
      data: { absorbed: adaPhone.key, customer: bob.key, keys: [ada, adaPhone] },
    });
    const [parted] = split('r1', [ada, adaPhone], [bob]);
    expect(parted).toMatchObject({
      type: 'customer.split',
      data: { from: bob.key, customer: adaPhone.key, keys: [ada, adaPhone] },
    });
    expect(undo('r1')[0]).toMatchObject({
      type: 'customers.merged',
      data: { absorbed: adaPhone.key, customer: bob.key },
    });
  });

  test('does not depend on keys that were never a touchpoint’s home', () => {
    const { world, together, link } = worldOf();
    link('r1', key('email', 'x'), key('phone', 'y'));
    expect(world.customerOf('phone-y')).toBe('email-x');
    together([key('phone', 'y')]);
    expect([world.customerOf('email-x'), world.customerOf('phone-y')]).toEqual(['phone-y', 'phone-y']);
    together([key('email', 'x')]);
    expect(world.customerOf('email-x')).toBe('phone-y');
  });

  test('somebody first seen together with an older customer joins them: nobody was merged', () => {
    const { together } = worldOf();
    together([adaPhone]);
    expect(together([ada, adaPhone]).map(({ type, data }) => [type, data.customer, data.keys])).toEqual([
      ['keys.linked', adaPhone.key, [ada]],
    ]);
  });
});

describe('the rules', () => {
  test('one customer has one client number: two clients with one phone stay two', () => {
    const { world, together, isOne } = worldOf();
    together([clientA, adaPhone]);
    together([clientB, adaPhone]);
    expect(isOne(clientA, clientB)).toBe(false);
    expect(world.decisions.at(-1)).toMatchObject({
      type: 'link.refused',
      data: { a: clientB, b: adaPhone, reason: 'unique', keys: [] },
    });
  });

  test('a shared device never welds two people, and belongs to the one seen with it first', () => {
    const { world, together, isOne } = worldOf();
    const device = key('device', 'tablet');
    together([ada, device]);
    together([bob, device]);
    expect([isOne(ada, bob), isOne(ada, device)]).toEqual([false, true]);
    expect(world.decisions.at(-1)).toMatchObject({ type: 'link.refused', data: { reason: 'shared' } });
  });

  test('what an unknown visitor did belongs to whom they turn out to be', () => {
    const { together, isOne } = worldOf();
    const [visitor, session, order] = [key('visitor', 'v'), key('session', 's'), key('order', 'o')];
    together([session, visitor]);
    together([order, visitor]);
    together([ada, visitor]);
    expect(isOne(ada, visitor, session, order)).toBe(true);
  });

  test('a steward may tie a person to a device that another was seen with first', () => {
    const { together, link, isOne } = worldOf();
    const device = key('device', 'tablet');
    together([ada, device]);
    together([bob, device]);
    link('r1', bob, device);
    expect([isOne(bob, device), isOne(ada, device)]).toEqual([true, false]);
  });

  test('a key seen with too many people is no evidence, also for those seen with it before', () => {
    const { world, together, isOne } = worldOf();
    const shop = key('phone', 'of the shop');
    const people = Array.from({ length: 13 }, (_, n) => key('email', `${n}`));
    for (const person of people.slice(0, 12)) together([person, shop]);
    expect(isOne(...people.slice(0, 12))).toBe(true);
    const told = together([people[12]!, shop]);
    expect(new Set(people.map(({ key }) => world.customerOf(key))).size).toBe(13);
    expect(told.filter(({ type }) => type === 'link.refused').map(({ data }) => data['reason'])).toEqual(['hub']);
    expect(together([key('email', 'one more'), shop])).toEqual([]);
    world.retract('t13');
    world.retract('t14');
    expect(isOne(...people.slice(0, 12))).toBe(true);
  });

  test('a customer has no more keys of a type than its limit, and no more in all than the cap', () => {
    const rules = {
      ...DEFAULT_RULES,
      maxKeys: 4,
      types: { ...DEFAULT_RULES.types, phone: { kind: 'person', priority: 4, limit: 2 } as const },
    };
    const { world, together } = worldOf(rules);
    for (const n of [1, 2, 3]) together([ada, key('phone', `${n}`)]);
    for (const n of [1, 2]) together([ada, key('order', `${n}`)]);
    expect(world.graph.members(ada.key)).toEqual([ada.key, 'order-1', 'phone-1', 'phone-2']);
    expect(world.decisions.flatMap(({ data }) => data['reason'] ?? [])).toEqual(['limit', 'too-large']);
  });

  test('a blocked key ties nobody, not even on a steward’s word; it is told once', () => {
    const { world, together, link, isOne } = worldOf({
      ...DEFAULT_RULES,
      blocked: [{ type: 'phone', value: adaPhone.key }],
    });
    together([ada, adaPhone]);
    together([bob, adaPhone]);
    expect(link('r1', ada, adaPhone)).toMatchObject([{ data: { reason: 'blocked' } }]);
    expect(isOne(ada, bob) || isOne(ada, adaPhone)).toBe(false);
    expect(world.decisions.map(({ data }) => data['reason'])).toEqual(['blocked', 'blocked']);
  });

  test('a type that is not listed identifies somebody, within limits', () => {
    const { together, isOne } = worldOf();
    together([key('member', '7'), ada]);
    together([key('member', '7'), adaPhone]);
    expect(isOne(ada, adaPhone, key('member', '7'))).toBe(true);
  });

  test('a device that is as strong as a person is refused when the rules are read', () => {
    const types = { ...DEFAULT_RULES.types, device: { kind: 'device', priority: 4 } as const };
    expect(() => new Rules({ ...DEFAULT_RULES, types }, ({ value }) => value)).toThrow(RangeError);
  });

  test('a change of rules under the same version gives other ids to the same decisions', () => {
    const ids = [DEFAULT_RULES, { ...DEFAULT_RULES, maxKeys: 100 }].map(
      (rules) => worldOf(rules).together([ada, adaPhone])[0]!.id,
    );
    expect(ids[0]).not.toBe(ids[1]);
    expect(worldOf().together([ada, adaPhone])[0]!.id).toBe(ids[0]);
  });
});

describe('a retraction', () => {
  test('takes away what only the retracted touchpoint showed', () => {
    const { world, together, isOne } = worldOf();
    together([ada, adaPhone]);
    together([adaPhone, key('complaint', 'CR1')]);
    const [split] = world.retract('t1');
    expect(split).toMatchObject({ type: 'customer.split', data: { from: ada.key, customer: adaPhone.key } });
    expect(isOne(ada, adaPhone)).toBe(false);
    expect(world.retract('t1')).toEqual([]);
  });

  test('of the first of several only moves the link in time', () => {
    const { world, together, isOne } = worldOf();
    together([clientA, adaPhone], 100);
    together([clientB, adaPhone], 200);
    together([clientA, adaPhone], 300);
    world.retract('t1');
    expect([isOne(clientA, adaPhone), isOne(clientB, adaPhone)]).toEqual([false, true]);
  });
});

describe('a preview', () => {
  test('is what then happens', () => {
    const { world, together } = worldOf();
    together([ada, adaPhone]);
    together([bob, bobPhone]);
    const data = { a: { ...ada }, b: { ...bobPhone }, ...asked };
    const request: RequestEvent = { id: 'r1', type: 'identity.link-requested', data };
    const before = world.decisions.length;
    const shown = preview(world.graph, world.rules, request, 9);
    expect(world.decisions).toHaveLength(before);
    world.request('r1', request.type, 9, data);
    expect(shown.after).toEqual([{ id: ada.key, keys: [ada, bob, adaPhone, bobPhone] }]);
    expect(shown.after[0]!.keys.map(({ key }) => key)).toEqual(world.graph.members(ada.key));
    expect(shown.before.map(({ id }) => id)).toEqual([ada.key, bob.key]);
  });

  test('of a move shows both customers, unchanged', () => {
    const { world, together } = worldOf();
    together([ada]);
    together([bob]);
    const data = { from: ada.key, to: bob.key, touchpoints: ['t1'], ...asked };
    const shown = preview(world.graph, world.rules, { id: 'r1', type: 'identity.move-requested', data }, 9);
    expect(shown).toMatchObject({ before: [{ id: ada.key }, { id: bob.key }], moved: [], refused: [] });
    expect(shown.after).toEqual(shown.before);
  });
});
