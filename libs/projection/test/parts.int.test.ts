import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problemCode, PROBLEMS } from '@throughline/contracts';
import {
  connectRedis,
  openRedisNeighbours,
  openRedisViewReader,
  openRedisViewStore,
  partedVersion,
  type Part,
  type RedisConnection,
} from '@throughline/read-model';
import fc from 'fast-check';
import { describeWithRedis, startRedis, type RedisUnderTest } from '../../read-model/test/support/redis-server.ts';
import { runProjection, versionOf } from '../src/index.ts';
import { FIRST_DAY, history, logOf, SUBJECTS } from './history.ts';
import type { MemoryLog } from './memory-log.ts';
import { expectedState, stateOf } from './state.ts';
import { tally } from './tally.ts';

/** Of one part: called after each commit; what it throws ends the writer as a crash would. */
type OnCommit = (part: Part, commits: number) => void;

class Crash extends Error {}

describeWithRedis('a projection in several parts, each with a writer of its own', () => {
  let server: RedisUnderTest;
  let connection: RedisConnection;
  beforeAll(async () => {
    server = await startRedis({ save: '' });
    connection = await connectRedis({ url: server.url });
  });
  afterAll(async () => {
    await connection.close();
    await server.remove();
  });

  /** Runs one part as a supervised host does, until told to stop. */
  const runPart = async (part: Part, log: MemoryLog, stop: AbortSignal, onCommit: OnCommit): Promise<void> => {
    const view = { projection: 'tally', version: partedVersion(versionOf(tally), part.of) };
    const shard = part.of === 1 ? 'all' : String(part.index);
    let commits = 0;
    while (!stop.aborted) {
      const store = await openRedisViewStore({ connection, ...view, shard });
      const crashed = new AbortController();
      try {
        const neighbours = openRedisNeighbours({ connection, ...view, part });
        await runProjection({
          definition: tally,
          log,
          store,
          share: { part, neighbours },
          signal: AbortSignal.any([stop, store.ended, crashed.signal]),
          limits: { pace: 0, batch: 2, slice: 2, hot: 2 },
          onProgress: () => onCommit(part, ++commits),
        });
      } catch (error) {
        const code = problemCode(error);
        if (!(error instanceof Crash) && (code === undefined || !PROBLEMS[code].retry)) throw error;
      } finally {
        await store.close();
      }
    }
  };

  /** Runs all parts beside each other until readers are told of everything; answers what they then see. */
  const shown = async (of: number, log: MemoryLog, onCommit: OnCommit = () => {}) => {
    const stop = new AbortController();
    const parts = Array.from({ length: of }, (_, index) =>
      runPart({ index, of }, log, stop.signal, onCommit).catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    );
    const reader = await openRedisViewReader({ connection, projection: 'tally' });
    const head = await log.head();
    while (!stop.signal.aborted && (await reader.progress()).position < head) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const state = stop.signal.aborted ? undefined : await stateOf(reader, SUBJECTS);
    stop.abort();
    await Promise.all(parts);
    return state;
  };

  test.each([2, 4, 16])('shows in %i parts what folding the set of events from scratch shows', async (of) => {
    await fc.assert(
      fc.asyncProperty(history, async (happenings) => {
        server.cli('flushall');
        const log = logOf(happenings);
        expect(await shown(of, log)).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
      }),
      { numRuns: 25 },
    );
  });

  test('shows the same whichever writers crash between their commits', async () => {
    const crashes = fc.uniqueArray(fc.record({ part: fc.nat(3), at: fc.integer({ min: 1, max: 6 }) }), {
      maxLength: 6,
      selector: ({ part, at }) => `${part} ${at}`,
    });
    await fc.assert(
      fc.asyncProperty(history, crashes, async (happenings, crashes) => {
        server.cli('flushall');
        const log = logOf(happenings);
        const state = await shown(4, log, (part, commits) => {
          if (crashes.some(({ part: index, at }) => index === part.index && at === commits)) throw new Crash();
        });
        expect(state).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
      }),
      { numRuns: 25 },
    );
  });
});
