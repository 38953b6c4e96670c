import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { START } from '@throughline/contracts';
import { openLog, openLogReader, type Append, type NewEvent } from '../src/index.ts';
import { eventsOf, inFolder } from './support/folder.ts';

const id = (n: number) => `${((n * 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;

/** What the log should be: every event's id, by stream, and their order. */
class Model {
  readonly streams = new Map<string, string[]>();
  readonly order: string[] = [];

  take({ stream, expectedRevision, events }: Append): string {
    const own = this.streams.get(stream) ?? [];
    const ids = events.map((event) => event.id);
    const from = expectedRevision + 1;
    if (own.length !== from) {
      const repeated = ids.length > 0 && from >= 0 && ids.every((one, i) => own[from + i] === one);
      return repeated ? `repeated ${expectedRevision + ids.length}` : `wrong ${own.length - 1}`;
    }
    if (ids.some((one, i) => this.order.includes(one) || ids.indexOf(one) !== i)) return 'known';
    this.streams.set(stream, [...own, ...ids]);
    this.order.push(...ids);
    return `ok ${own.length + ids.length - 1}`;
  }
}

type Step =
  | { readonly kind: 'append'; readonly appends: readonly { stream: number; behind: number; ids: readonly number[] }[] }
  | { readonly kind: 'reopen' };

const anyAppend = fc.record({
  stream: fc.nat(5),
  /** 0 for the right revision; otherwise an older one, as a repeat has. */
  behind: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3)),
  ids: fc.array(fc.nat(120), { minLength: 1, maxLength: 3 }),
});
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      appends: fc.array(anyAppend, { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

test('after any appends and restarts the log, and a reader of it, hold what a list would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), (steps) =>
      inFolder(async (dir) => {
        const model = new Model();
        let log = await openLog({ dir, segmentBytes: 1500 });
        const reader = await openLogReader({ dir });
        for (const step of steps) {
          if (step.kind === 'reopen') {
            await log.close();
            log = await openLog({ dir, segmentBytes: 1500 });
            continue;
          }
          const lengths = new Map([...model.streams].map(([stream, ids]) => [stream, ids.length]));
          const appends = step.appends.map(({ stream, behind, ids }): Append => {
            const name = `s${stream}`;
            const length = lengths.get(name) ?? 0;
            if (behind === 0) lengths.set(name, length + ids.length);
            const events = ids.map((n): NewEvent => ({
              id: id(n),
              type: 't',
              occurredAt: n,
              data: { n },
              metadata: {},
            }));
            return { stream: name, expectedRevision: Math.max(-1, length - 1 - behind), events };
          });
          const expected = appends.map((append) => model.take(append));
          const results = await log.append(appends);
          const told = results.map((result) => {
            if (result.ok) return `${result.repeated ? 'repeated' : 'ok'} ${result.revision}`;
            return result.reason === 'KNOWN_ID' ? 'known' : `wrong ${result.actual}`;
          });
          expect(told).toEqual(expected);
        }
        for (const source of [log, reader]) {
          const events = await eventsOf(source.read({ after: START }));
          expect(events.map((event) => event.id)).toEqual(model.order);
          expect((await source.find(model.order)).map((home) => home?.position)).toEqual(
            events.map((event) => event.position),
          );
          for (const [stream, ids] of model.streams) {
            for (const backwards of [false, true]) {
              const own: string[] = [];
              for await (const event of source.readStream(stream, { backwards })) own.push(event.id);
              expect(own).toEqual(backwards ? [...ids].reverse() : ids);
            }
          }
          expect(await source.revisions([...model.streams.keys()])).toEqual(
            [...model.streams.values()].map((ids) => ids.length - 1),
          );
        }
        await reader.close();
        await log.close();
      }),
    ),
    { numRuns: 40 },
  );
});
