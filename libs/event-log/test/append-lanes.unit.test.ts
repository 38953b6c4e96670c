import { describe, expect, test } from '@jest/globals';
import { problemCode, ThroughlineError } from '@throughline/contracts';
import type { AppendCall, Outcome } from '../src/eventstoredb/append-call.ts';
import { AppendLanes } from '../src/eventstoredb/append-lanes.ts';
import type { PreparedAppend } from '../src/eventstoredb/prepared.ts';

/** A call whose answers the test gives. */
class ScriptedCall {
  readonly sent: { readonly name: string; answer(outcome: Outcome): void }[] = [];

  send(append: PreparedAppend): Promise<Outcome> {
    return new Promise((answer) => this.sent.push({ name: `${append.stream}@${append.expectedRevision}`, answer }));
  }

  /** Waits until so many were sent, and says which. */
  async names(count: number): Promise<string[]> {
    for (let i = 0; i < 200 && this.sent.length < count; i++) await new Promise((resolve) => setTimeout(resolve, 2));
    return this.sent.map(({ name }) => name);
  }

  answer(n: number, outcome: Outcome): void {
    this.sent[n]!.answer(outcome);
  }
}

const done = (revision: number): Outcome => ({ kind: 'done', revision, position: undefined });
const wrong = (actual: number): Outcome => ({ kind: 'wrong-revision', actual });
const unknown: Outcome = { kind: 'unknown', error: new Error('unavailable') };

function lanes() {
  const call = new ScriptedCall();
  const own = new AppendLanes(call as unknown as AppendCall);
  const append = (stream: string, expectedRevision: number, bytes = 10) =>
    own.append({ stream, expectedRevision, bytes, events: [{} as never] });
  return { call, append, own };
}

describe('Appends on their way', () => {
  test('are all sent at once, each stream’s in its order', async () => {
    const { call, append } = lanes();
    const all = Promise.all([append('a', -1), append('b', -1), append('a', 0), append('a', 1)]);
    expect((await call.names(4)).filter((name) => name.startsWith('a'))).toEqual(['a@-1', 'a@0', 'a@1']);
    call.sent.forEach(({ answer }) => answer(done(0)));
    expect(await all).toHaveLength(4);
  });

  test('whose outcome is unknown are sent again as they were, and what was refused behind them too', async () => {
    const { call, append } = lanes();
    const results = [append('a', -1), append('a', 0), append('a', 1)];
    await call.names(3);
    call.answer(2, wrong(-1));
    call.answer(1, wrong(-1));
    call.answer(0, unknown);
    expect((await call.names(6)).slice(3)).toEqual(['a@-1', 'a@0', 'a@1']);
    for (let n = 3; n < 6; n++) call.answer(n, done(n - 3));
    expect((await Promise.all(results)).map((outcome) => outcome.kind)).toEqual(['done', 'done', 'done']);
  });

  test('that succeeded are not sent again for those before them', async () => {
    const { call, append } = lanes();
    const results = [append('a', -1), append('a', 0)];
    await call.names(2);
    call.answer(1, done(1));
    call.answer(0, unknown);
    expect((await call.names(3)).slice(2)).toEqual(['a@-1']);
    call.answer(2, done(0));
    expect((await Promise.all(results)).map((outcome) => outcome.kind)).toEqual(['done', 'done']);
  });

  test('take no late answer to an earlier try for one to this', async () => {
    const { call, append } = lanes();
    const results = [append('a', -1), append('a', 0)];
    await call.names(2);
    call.answer(0, unknown);
    await call.names(4);
    call.answer(1, wrong(-1));
    call.answer(2, done(0));
    await new Promise((resolve) => setTimeout(resolve, 20));
    call.answer(3, done(1));
    expect((await Promise.all(results)).map((outcome) => outcome.kind)).toEqual(['done', 'done']);
  });

  test('are refused once all before them in their stream are settled, and say so of the actual revision', async () => {
    const { call, append, own } = lanes();
    const results = [append('a', -1), append('a', 0)];
    await call.names(2);
    expect(own.pendingRevision('a')).toBe(1);
    call.answer(1, wrong(7));
    call.answer(0, wrong(7));
    expect(await Promise.all(results)).toEqual([wrong(7), wrong(7)]);
    expect(own.pendingRevision('a')).toBeUndefined();
  });

  test('wait for room when many bytes are, and one that is too big for that goes alone', async () => {
    const { call, append } = lanes();
    const results = Array.from({ length: 20 }, (_, i) => append(`s${i}`, -1, 1_000_000));
    const first = await call.names(21);
    expect(first.length).toBeLessThan(12);
    for (let n = 0; n < 20; n++) {
      await call.names(n + 1);
      call.answer(n, done(0));
    }
    await Promise.all(results);
    const big = append('big', -1, 50_000_000);
    await call.names(21);
    call.answer(20, done(0));
    expect(await big).toMatchObject({ kind: 'done' });
  });

  test('that the server refuses fail alone', async () => {
    const { call, append } = lanes();
    const bad = append('a', -1).catch(problemCode);
    const good = append('b', -1);
    await call.names(2);
    call.answer(0, { kind: 'refused', error: new ThroughlineError('too-large') });
    call.answer(1, done(0));
    expect(await bad).toBe('too-large');
    expect(await good).toMatchObject({ kind: 'done' });
  });

  test('have an unknown outcome when the lanes are closed', async () => {
    const { append, own } = lanes();
    const due = append('a', -1).catch(problemCode);
    own.close();
    expect(await due).toBe('shutting-down');
    expect(await append('a', -1).catch(problemCode)).toBe('shutting-down');
  });
});
