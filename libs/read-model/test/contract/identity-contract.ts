import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  KEY_KINDS,
  START,
  type GraphChanges,
  type IdentityGraph,
  type KeyRecord,
  type Position,
} from '@throughline/contracts';
import type { IdentityReader, IdentityStore } from '../../src/index.ts';

/** Identity's memory, empty at first, and what others see of it. */
export interface IdentityUnderTest {
  readonly store: IdentityStore;
  readonly reader: IdentityReader;
  remove(): Promise<void>;
}

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

/** What identity's memory does, wherever others read it. */
export function identityContract(name: string, create: () => Promise<IdentityUnderTest>): void {
  describe(`${name}: identity’s graph`, () => {
    let identity: IdentityUnderTest;
    let store: IdentityStore;
    let reader: IdentityReader;
    beforeEach(async () => {
      identity = await create();
      ({ store, reader } = identity);
    });
    afterEach(() => identity.remove());
    /** What the one who decides sees; others see the same. */
    const see = async <T>(question: (graph: IdentityGraph) => T): Promise<T> => {
      const own = await store.ask(question);
      expect(question(store.graph)).toEqual(own);
      expect(await reader.ask(question)).toEqual(own);
      return own;
    };
    let commits = 0;
    const commit = (changes: Partial<GraphChanges>) =>
      store.commit(
        { ...nothing, ...changes },
        { ...checkpoint, through: `${(commits += 1)}`.padStart(8, '0') as Position },
      );

    test('is empty at first, and says nothing of what it does not know', async () => {
      expect(await store.checkpoint()).toBeUndefined();
      for (const one of [store, reader]) expect(await one.progress()).toEqual({ through: START, lastDecision: START });
      expect(await see((graph) => [graph.key(a), graph.edge(a, b), graph.customer(a), graph.request('r')])).toEqual(
        Array(4).fill(undefined),
      );
      expect(await see((graph) => graph.retracted('t'))).toBe(false);
      expect(await see((graph) => graph.members(a))).toEqual([a]);
      expect(await see((graph) => graph.neighbours(a, 'person'))).toEqual([]);
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
      expect(
        await see((graph) => ({
          keys: [graph.key(a), graph.key(b)],
          edges: [graph.edge(a, b), graph.edge(b, a)],
          customer: graph.customer(b),
          members: graph.members(b),
          request: graph.request('r'),
          retracted: graph.retracted('t'),
        })),
      ).toEqual({
        keys: [full, { ...alone, customer: b }],
        edges: [linked, linked],
        customer,
        members: [a, b],
        request,
        retracted: true,
      });
      expect(await reader.progress()).toMatchObject({ through: '07', lastDecision: '05' });
      expect(await store.checkpoint()).toEqual(checkpoint);
    });

    test('lists neighbours by kind, the least and the greatest key too, and no other key’s', async () => {
      const edges = [edge(a, low, 'person'), edge(a, high, 'person'), edge(a, b, 'device'), edge(b, high, 'person')];
      await commit({ edges: new Map(edges) });
      expect(await see((graph) => graph.neighbours(a, 'person'))).toEqual([low, high]);
      expect(await see((graph) => graph.neighbours(a, 'device'))).toEqual([b]);
      expect(await see((graph) => graph.neighbours(b, 'person'))).toEqual([a, high]);
      expect(await see((graph) => graph.neighbours(high, 'person'))).toEqual([a, b]);
    });

    const membersOf = (there: boolean) =>
      new Map([
        [
          a,
          new Map([
            [a, there],
            [b, there],
          ]),
        ],
      ]);

    test('forgets what is removed', async () => {
      const customer = { counts: new Map([['email', 2]]), splits: new Map() };
      await commit({
        edges: new Map([edge(a, b, 'person')]),
        members: membersOf(true),
        customers: new Map([[a, customer]]),
      });
      expect(await see((graph) => graph.members(a))).toEqual([a, b]);
      await commit({
        edges: new Map([[a + b, { a, b, kindOfA: 'person', kindOfB: 'person', edge: undefined }]]),
        members: membersOf(false),
        customers: new Map([[a, undefined]]),
      });
      expect(await see((graph) => [graph.edge(a, b), graph.customer(a)])).toEqual([undefined, undefined]);
      expect(
        await see((graph) => [graph.neighbours(a, 'person'), graph.neighbours(b, 'person'), graph.members(a)]),
      ).toEqual([[], [], [a]]);
      await commit({ keys: new Map([[a, alone]]) });
      await store.clear();
      expect([await see((graph) => graph.key(a)), await store.checkpoint()]).toEqual([undefined, undefined]);
    });

    test('tells everything there is, so that it can be told elsewhere', async () => {
      const edges = [edge(a, low, 'person'), edge(b, a, 'device')];
      await commit({
        keys: new Map([[a, alone]]),
        edges: new Map(edges),
        members: membersOf(true),
        customers: new Map([[a, { counts: new Map([['email', 2]]), splits: new Map() }]]),
        requests: new Map([['r', { undone: true }]]),
        retracted: new Set(['t']),
      });
      const all = [...store.everything()];
      const questions = (graph: IdentityGraph) => [
        graph.key(a),
        graph.members(a),
        graph.customer(a),
        [graph.edge(a, low), graph.edge(a, b), graph.request('r'), graph.retracted('t')],
        [a, b, low].flatMap((key) => KEY_KINDS.map((kind) => graph.neighbours(key, kind))),
      ];
      const expected = await see(questions);
      await store.clear();
      for (const part of all) await commit(part);
      expect(await see(questions)).toEqual(expected);
    });

    test('answers a question with what it throws', async () => {
      await commit({ keys: new Map([[a, alone]]) });
      const refused = reader.ask((graph) => {
        throw new Error(graph.key(a)?.type);
      });
      await expect(refused).rejects.toThrow('email');
    });
  });
}
