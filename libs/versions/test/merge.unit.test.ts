import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { pair } from '../src/index.ts';

const ids = fc.uniqueArray(fc.integer({ min: 0, max: 30 })).map((all) => all.map((id) => `c${id}`).sort());

async function* stream(of: readonly string[], side: string, onEnd = () => undefined as void) {
  try {
    for (const customer of of) yield { customer, side };
  } finally {
    onEnd();
  }
}

test('two streams are joined: every customer of either once, in the order of ids', async () => {
  await fc.assert(
    fc.asyncProperty(ids, ids, async (before, after) => {
      const joined = [];
      for await (const each of pair(stream(before, 'old'), stream(after, 'new'))) joined.push(each);
      const all = [...new Set([...before, ...after])].sort();
      const of = (side: readonly string[], name: string, customer: string) =>
        side.includes(customer) ? { customer, side: name } : undefined;
      expect(joined).toEqual(all.map((id) => [id, of(before, 'old', id), of(after, 'new', id)]));
    }),
  );
});

test('both streams are ended with whoever reads them', async () => {
  const ended: string[] = [];
  const of = (side: string) => stream(['a', 'b'], side, () => void ended.push(side));
  for await (const _ of pair(of('old'), of('new'))) break;
  expect(ended.sort()).toEqual(['new', 'old']);
});

test.each([[['b', 'a']], [['a', 'a']]])('a stream that is in another order is refused: %j', async (wrong) => {
  const read = async () => {
    for await (const _ of pair(stream([], 'old'), stream(wrong, 'new'))) void _;
  };
  await expect(read()).rejects.toThrow('order');
});
