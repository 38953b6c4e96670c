import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { START, type GraphChanges, type KeyRecord, type Position } from '@throughline/contracts';
import { openIdentityReader, openIdentityStore, type IdentityStore } from '../src/index.ts';

let dir: string;
let store: IdentityStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'identity-store-'));
  store = openIdentityStore({ dir });
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const hex = (byte: string) => byte.repeat(16);
const [a, b, low, high] = [hex('a1'), hex('b2'), hex('00'), hex('ff')];
const checkpoint = { through: '07' as Position, lastDecision: '05' as Position, revision: 3, rules: 'r' };
const nothing: GraphChanges = {
  keys: new Map(),
  edges: new Map(),
  customers: new Map(),
  members: new Map(),
  requests: new Map(),
  retracted: new Set(),
};
const alone: KeyRecord = {
  type: 'email',
  customer: a,
  neighbours: { person: 0, matter: 0, device: 0 },
  links: [],
  splits: new Map(),
};
const seen = { first: { at: 7, id: 'e' }, more: true, links: [] };
const edge = (x: string, y: string, kindOfB: 'person' | 'device', record: typeof seen | undefined = seen) =>
  [x + y, { a: x, b: y, kindOfA: 'person', kindOfB, edge: record }] as const;

describe('identity’s graph in LMDB', () => {
  test('is empty at first, and says nothing of what it does not know', async () => {
    expect(await store.checkpoint()).toBeUndefined();
    expect(await store.progress()).toEqual({ through: START, lastDecision: START });
    const { graph } = store;
    expect([graph.key(a), graph.edge(a, b), graph.customer(a), graph.request('r'), graph.retracted('t')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      false,
    ]);
    expect(graph.members(a)).toEqual([a]);
    expect(graph.neighbours(a, 'person')).toEqual([]);
  });

  test('gives back what was committed, whole, to other readers too', async () => {
    const full: KeyRecord = {
      type: 'phone',
      customer: b,
      firstHome: '0a' as Position,
      neighbours: { person: 1, matter: 2, device: 3 },
      links: [b],
      splits: new Map([['r', 'apart']]),
    };
    const customer = {
      counts: new Map([['email', 2]]),
      splits: new Map([['r', 'rest' as const]]),
      last: [3, 7, 'e', a, b] as const,
    };
    const request = {
      request: { type: 'identity.link-requested' as const, at: 1, data: { reason: 'x' } },
      undone: true,
    };
    const linked = { more: false, links: [{ at: 1, id: 'r' }] };
    await store.commit(
      {
        keys: new Map([
          [a, full],
          [b, { ...alone, customer: b }],
        ]),
        edges: new Map([[a + b, { a: b, b: a, kindOfA: 'person', kindOfB: 'person', edge: linked }]]),
        customers: new Map([[b, customer]]),
        members: new Map([
          [
            b,
            new Map([
              [a, true],
              [b, true],
            ]),
          ],
        ]),
        requests: new Map([['r', request]]),
        retracted: new Set(['t']),
      },
      checkpoint,
    );
    const reader = openIdentityReader({ dir });
    for (const one of [store, reader]) {
      await one.ask((graph) => {
        expect(graph.key(a)).toEqual(full);
        expect(graph.key(b)).toEqual({ ...alone, customer: b });
        expect(graph.edge(a, b)).toEqual(linked);
        expect(graph.edge(b, a)).toEqual(linked);
        expect(graph.customer(b)).toEqual(customer);
        expect(graph.members(b)).toEqual([a, b]);
        expect(graph.request('r')).toEqual(request);
        expect(graph.retracted('t')).toBe(true);
      });
    }
    expect(await reader.progress()).toMatchObject({ through: '07', lastDecision: '05' });
    expect(await store.checkpoint()).toEqual(checkpoint);
    await reader.close();
  });

  test('lists neighbours by kind, the least and the greatest key too, and no other key’s', async () => {
    const edges = [edge(a, low, 'person'), edge(a, high, 'person'), edge(a, b, 'device'), edge(b, high, 'person')];
    await store.commit({ ...nothing, edges: new Map(edges) }, checkpoint);
    expect(store.graph.neighbours(a, 'person')).toEqual([low, high]);
    expect(store.graph.neighbours(a, 'device')).toEqual([b]);
    expect(store.graph.neighbours(b, 'person')).toEqual([a, high]);
    expect(store.graph.neighbours(high, 'person')).toEqual([a, b]);
  });

  test('forgets what is removed', async () => {
    const members = new Map([
      [
        a,
        new Map([
          [a, true],
          [b, true],
        ]),
      ],
    ]);
    const customer = { counts: new Map([['email', 2]]), splits: new Map() };
    await store.commit(
      { ...nothing, edges: new Map([edge(a, b, 'person')]), members, customers: new Map([[a, customer]]) },
      checkpoint,
    );
    await store.commit(
      {
        ...nothing,
        edges: new Map([[a + b, { a, b, kindOfA: 'person', kindOfB: 'person', edge: undefined }]]),
        members: new Map([
          [
            a,
            new Map([
              [a, false],
              [b, false],
            ]),
          ],
        ]),
        customers: new Map([[a, undefined]]),
      },
      checkpoint,
    );
    expect([store.graph.edge(a, b), store.graph.customer(a)]).toEqual([undefined, undefined]);
    expect([store.graph.neighbours(a, 'person'), store.graph.neighbours(b, 'person'), store.graph.members(a)]).toEqual([
      [],
      [],
      [a],
    ]);
    await store.commit({ ...nothing, keys: new Map([[a, alone]]) }, checkpoint);
    await store.clear();
    expect([store.graph.key(a), await store.checkpoint()]).toEqual([undefined, undefined]);
  });
});
