import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problemCode, PROBLEMS, ThroughlineError, versionOf } from '@throughline/contracts';
import {
  connectRedis,
  openRedisViewReader,
  openRedisViewStore,
  type RedisConnection,
  type RedisViewStore,
} from '@throughline/read-model';
import fc from 'fast-check';
import { describeWithRedis, startRedis, type RedisUnderTest } from '../../read-model/test/support/redis-server.ts';
import { runProjection } from '../src/index.ts';
import { FIRST_DAY, history, logOf, SUBJECTS } from './history.ts';
import type { MemoryLog } from './memory-log.ts';
import { expectedState, stateOf } from './state.ts';
import { tally } from './tally.ts';

const VIEW = { projection: 'tally', version: versionOf(tally) };

describeWithRedis('a projection into Redis', () => {
  let server: RedisUnderTest;
  let connection: RedisConnection;
  beforeAll(async () => {
    server = await startRedis({ appendonly: 'yes', appendfsync: 'everysec' });
    connection = await connectRedis({ url: server.url });
  });
  afterAll(async () => {
    await connection.close();
    await server.remove();
  });

  /** Runs as a supervised host does, until readers are told of everything. */
  const run = async (log: MemoryLog, onCommit: (store: RedisViewStore) => void): Promise<number> => {
    for (let starts = 1; ; starts++) {
      const head = await log.head();
      const store = await openRedisViewStore({ connection, ...VIEW, completeAt: head });
      const done = new AbortController();
      try {
        await runProjection({
          definition: tally,
          log,
          store,
          signal: AbortSignal.any([done.signal, store.ended]),
          limits: { pace: 0, paceBeside: 0, batch: 2, slice: 2, hot: 2 },
          onProgress({ position, promoted }) {
            onCommit(store);
            if (promoted && position >= head) done.abort();
          },
        });
        if (done.signal.aborted) return starts;
        throw store.ended.reason;
      } catch (error) {
        const code = problemCode(error);
        if (code === undefined || !PROBLEMS[code].retry) throw error;
      } finally {
        await store.close();
      }
    }
  };

  test('shows what folding the set of events from scratch shows, whenever Redis loses it on the way', async () => {
    const losses = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(history, losses, async (happenings, losses) => {
        server.cli('flushall');
        const log = logOf(happenings);
        let commits = 0;
        await run(log, () => {
          if (losses.includes(++commits)) server.cli('flushall');
        });
        const reader = await openRedisViewReader({ connection, projection: 'tally' });
        // Lost behind the last commit, it is folded again by whoever looks after it.
        const state = await stateOf(reader, SUBJECTS).catch(async (error: unknown) => {
          expect(problemCode(error)).toBe('view-rebuilding');
          await run(log, () => {});
          return stateOf(reader, SUBJECTS);
        });
        expect(state).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
      }),
      { numRuns: 40 },
    );
  });

  test('goes on from its last commit when Redis is killed, and when another takes it over', async () => {
    for (const happenings of fc.sample(history, { numRuns: 6, seed: 7 })) {
      server.cli('flushall');
      const log = logOf(happenings);
      let commits = 0;
      let restarted: Promise<void> | undefined;
      await run(log, () => {
        if (++commits === 2) restarted = server.kill().then(() => server.start());
      });
      await restarted;
      const reader = await openRedisViewReader({ connection, projection: 'tally' });
      expect(await stateOf(reader, SUBJECTS)).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
    }
    const log = logOf(fc.sample(history, { numRuns: 1, seed: 8 })[0]!);
    server.cli('flushall');
    const zombie = run(log, () => {
      server.cli('hset', `throughline:{tally:${VIEW.version}:all}:meta`, 'owner', '99:another');
    });
    await expect(zombie).rejects.toMatchObject({ code: 'view-taken-over' } satisfies Partial<ThroughlineError>);
  });
});
