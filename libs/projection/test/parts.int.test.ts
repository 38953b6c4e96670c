import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problemCode, PROBLEMS, versionOf } from '@throughline/contracts';
import {
  connectRedis,
  openRedisNeighbours,
  openRedisViewReader,
  openRedisViewStore,
  partedVersion,
  type Neighbours,
  type Part,
  type RedisConnection,
} from '@throughline/read-model';
import fc from 'fast-check';
import { setTimeout as rest } from 'node:timers/promises';
import { describeWithRedis, startRedis, type RedisUnderTest } from '../../read-model/test/support/redis-server.ts';
import { runProjection } from '../src/index.ts';
import { FIRST_DAY, history, logOf, SUBJECTS } from './history.ts';
import type { MemoryLog } from './memory-log.ts';
import { expectedState, stateOf } from './state.ts';
import { tally } from './tally.ts';

/** Of one part: called after each thing that it wrote; what it throws ends the writer as a crash would. */
type OnWrite = (part: Part, writes: number) => void;

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
  const runPart = async (part: Part, log: MemoryLog, stop: AbortSignal, onWrite: OnWrite): Promise<void> => {
    const view = { projection: 'tally', version: partedVersion(versionOf(tally), part.of) };
    const shard = part.of === 1 ? 'all' : String(part.index);
    let writes = 0;
    while (!stop.aborted) {
      const store = await openRedisViewStore({ connection, ...view, shard });
      const crashed = new AbortController();
      try {
        const neighbours = openRedisNeighbours({ connection, ...view, part });
        const finished: Neighbours['finished'] = async (handed) => {
          await neighbours.finished(handed);
          onWrite(part, ++writes);
        };
        await runProjection({
          definition: tally,
          log,
          store,
          share: { part, neighbours: { ...bound(neighbours), finished } },
          signal: AbortSignal.any([stop, store.ended, crashed.signal]),
          limits: { pace: 0, paceBeside: 0, batch: 2, slice: 2, hot: 2 },
          onProgress: () => onWrite(part, ++writes),
        });
      } catch (error) {
        const code = problemCode(error);
        if (!(error instanceof Crash) && (code === undefined || !PROBLEMS[code].retry)) throw error;
      } finally {
        await store.close();
      }
    }
  };

  /** Runs all parts until readers are told of everything; answers what they then see. */
  const shown = async (
    of: number,
    log: MemoryLog,
    { late = [], onWrite = () => {} }: { late?: readonly number[]; onWrite?: OnWrite } = {},
  ) => {
    const stop = new AbortController();
    const running: Promise<void>[] = [];
    const start = (indexes: readonly number[]) => {
      for (const index of indexes) {
        const run = runPart({ index, of }, log, stop.signal, onWrite);
        running.push(
          run.catch((error: unknown) => {
            stop.abort();
            throw error;
          }),
        );
      }
    };
    const all = Array.from({ length: of }, (_, index) => index);
    start(all.filter((index) => !late.includes(index)));
    for (const index of late) {
      // The others have time to be done with all there is.
      await rest(30);
      start([index]);
    }
    const reader = await openRedisViewReader({ connection, projection: 'tally' });
    const head = await log.head();
    while (!stop.signal.aborted && (await reader.progress()).position < head) await rest(2);
    const state = stop.signal.aborted ? undefined : await stateOf(reader, SUBJECTS);
    stop.abort();
    await Promise.all(running);
    return state;
  };

  test.each([2, 4, 16])('shows in %i parts what folding the set of events from scratch shows', async (of) => {
    await fc.assert(
      fc.asyncProperty(history, async (happenings) => {
        server.cli('flushall');
        const log = logOf(happenings);
        expect(await shown(of, log)).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
      }),
      { numRuns: 15 },
    );
  });

  test('shows the same however far some parts are behind others', async () => {
    const late = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(history, late, async (happenings, late) => {
        server.cli('flushall');
        const log = logOf(happenings);
        expect(await shown(4, log, { late })).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
      }),
      { numRuns: 40 },
    );
  });

  test('shows the same whichever writers crash behind whatever they wrote', async () => {
    const crashes = fc.uniqueArray(fc.record({ part: fc.nat(3), at: fc.integer({ min: 1, max: 8 }) }), {
      maxLength: 12,
      selector: ({ part, at }) => `${part} ${at}`,
    });
    await fc.assert(
      fc.asyncProperty(history, crashes, async (happenings, crashes) => {
        server.cli('flushall');
        const log = logOf(happenings);
        const onWrite: OnWrite = (part, writes) => {
          if (crashes.some(({ part: index, at }) => index === part.index && at === writes)) throw new Crash();
        };
        expect(await shown(4, log, { onWrite })).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
      }),
      { numRuns: 40 },
    );
  });
});

function bound(neighbours: Neighbours): Omit<Neighbours, 'finished'> {
  return {
    subjects: (subjects) => neighbours.subjects(subjects),
    handed: (limit) => neighbours.handed(limit),
    progress: () => neighbours.progress(),
  };
}
