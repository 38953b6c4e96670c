import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ownershipStream, ThroughlineError } from '@throughline/contracts';
import { NO_STREAM, openLog, type LogWriter } from '@throughline/event-log';
import { connectRedis, openPresence, type RedisConnection } from '@throughline/read-model';
import { describeWithRedis, startRedis, type RedisUnderTest } from '../../read-model/test/support/redis-server.ts';
import { partEvent } from '../src/ownership/part-events.ts';
import { inFolder } from './run.ts';
import { Sharing, until, type Replica } from './sharing-replicas.ts';

const LIFETIME = 1_000;

describeWithRedis('replicas that share the parts of a version', () => {
  let server: RedisUnderTest;
  let connection: RedisConnection;
  beforeAll(async () => {
    server = await startRedis();
    connection = await connectRedis({ url: server.url });
  });
  afterAll(async () => {
    await connection.close();
    await server.remove();
  });

  /** With a log and a presence of its own; whatever is still there at the end is ended. */
  const sharing = (body: (sharing: Sharing) => Promise<void>) => () =>
    inFolder(async (dir) => {
      server.cli('flushall');
      const log = await openLog({ dir: join(dir, 'log') });
      const sharing = new Sharing(log, openPresence({ connection, group: 'tally', lifetime: LIFETIME }));
      try {
        await body(sharing);
        expect(sharing.intruders).toEqual([]);
      } finally {
        await sharing.end();
        await log.close();
      }
    });

  test(
    'have as many each, and whoever was there first goes on with what it keeps',
    sharing(async (sharing) => {
      const ada = sharing.start('ada', 4);
      await until(() => ada.parts.length === 4);
      const before = new Map(ada.tokens);
      const ben = sharing.start('ben', 4);
      await until(() => ada.parts.length === 2 && ben.parts.length === 2);
      expect(ada.tokens).toEqual(before);
      const cay = sharing.start('cay', 4);
      await until(() => ada.parts.length + ben.parts.length === 3 && cay.parts.length === 1);
      expect(ada.tokens).toEqual(before);
      expect([...ada.parts, ...ben.parts, ...cay.parts].sort()).toEqual([0, 1, 2, 3]);
    }),
  );

  test(
    'say in the log who owns what, and begin each ownership with a higher token',
    sharing(async (sharing) => {
      const ada = sharing.start('ada', 1);
      await until(() => ada.parts.length === 1);
      await ada.stop();
      const ben = sharing.start('ben', 1);
      await until(() => ben.parts.length === 1);
      expect(await sharing.history(0)).toEqual([
        ['part.claimed', { replica: 'ada', part: 0, of: 1 }],
        ['part.released', { replica: 'ada', part: 0, of: 1 }],
        ['part.claimed', { replica: 'ben', part: 0, of: 1 }],
      ]);
      expect([ada.tokens.get(0), ben.tokens.get(0)]).toEqual([1, 3]);
    }),
  );

  test(
    'take over from one who has left without waiting until it is missed',
    sharing(async (sharing) => {
      // It may take nothing from anybody who is only missed.
      const ben = sharing.start('ben', 2, { beats: async (beat) => ({ ...(await beat()), steady: false }) });
      await until(() => ben.parts.length === 2);
      const ada = sharing.start('ada', 2);
      await until(() => ada.parts.length === 1 && ben.parts.length === 1);
      await ada.stop();
      expect((await sharing.presence.beat('ben')).living).toEqual(['ben']);
      await until(() => ben.parts.length === 2);
    }),
  );

  test(
    'take over from one who vanished once it is missed, and not before',
    sharing(async (sharing) => {
      const { ada, ben } = await oneEach(sharing);
      const [part] = ada.parts;
      ada.vanish();
      await until(() => ben.parts.length === 2);
      expect(ben.beatsAtStart.get(part!)).toEqual({ living: ['ben'], steady: true });
    }),
  );

  test(
    'go on with what each owns when Redis forgets everybody, or is away for long',
    sharing(async (sharing) => {
      const ada = sharing.start('ada', 4);
      const ben = sharing.start('ben', 4);
      const isShared = () => ada.parts.length === 2 && ben.parts.length === 2;
      const areSteady = () => ada.lastBeat!.steady && ben.lastBeat!.steady;
      await until(() => isShared() && areSteady());
      const before = [new Map(ada.tokens), new Map(ben.tokens)];
      for (const replica of [ada, ben, ada]) {
        server.cli('flushall');
        await replica.hasBeaten(1);
        expect(replica.lastBeat!.steady).toBe(false);
        await Promise.all([ada.hasBeaten(1), ben.hasBeaten(1)]);
      }
      await server.kill();
      await rest(2 * LIFETIME);
      await server.start();
      await until(() => !areSteady());
      await until(areSteady);
      expect([ada.tokens, ben.tokens]).toEqual(before);
      expect(isShared()).toBe(true);
    }),
  );

  test(
    'claim and release nothing while presence cannot be reached',
    sharing(async (sharing) => {
      let refused = 0;
      const unreachable = () => {
        refused++;
        throw new ThroughlineError('read-model-unavailable');
      };
      const ada = sharing.start('ada', 2, { beats: unreachable });
      await until(() => refused === 3);
      expect(await sharing.history(0)).toEqual([]);
      ada.beats = undefined;
      await until(() => ada.parts.length === 2);
      ada.beats = unreachable;
      await until(() => refused === 10);
      expect(ada.parts).toEqual([0, 1]);
      expect(await sharing.history(0)).toHaveLength(1);
      // What another has claimed is dropped all the same.
      const events = [partEvent('part.claimed', 'ben', { index: 0, of: 2 })];
      await sharing.log.append([{ stream: ownershipStream('tally', 'v', 0), expectedRevision: 0, events }]);
      await until(() => ada.parts.length === 1);
      expect(ada.parts).toEqual([1]);
    }),
  );

  test(
    'find on return from a long pause what was taken from them, and drop it',
    sharing(async (sharing) => {
      const { ada, ben } = await oneEach(sharing);
      const [part] = ada.parts;
      const token = ada.tokens.get(part!)!;
      const resume = ada.pause();
      await until(() => ben.parts.length === 2);
      expect(ada.parts).toEqual([part]);
      expect(ben.tokens.get(part!)).toBeGreaterThan(token);
      resume();
      await until(() => ada.stops.ended === 2 && ada.parts.length === 1 && ben.parts.length === 1);
      expect(ada.tokens.get(ada.parts[0]!)).toBeGreaterThan(token);
    }),
  );

  test(
    'claim again, under a new token, what an earlier process of the same name has left; that one ends',
    sharing(async (sharing) => {
      const earlier = sharing.start('ada', 2);
      await until(() => earlier.parts.length === 2);
      const later = sharing.start('ada', 2);
      await until(() => later.parts.length === 2);
      expect([...later.tokens.values()]).toEqual([2, 2]);
      await expect(earlier.ended).rejects.toMatchObject({ code: 'view-taken-over' });
      expect(earlier.parts).toEqual([]);
      await later.hasBeaten(3);
      expect([...later.tokens.values()]).toEqual([2, 2]);
    }),
  );

  test(
    'drop a part whose run was taken over; a run that fails otherwise ends the others too, and nothing is released',
    sharing(async (sharing) => {
      const ada = sharing.start('ada', 2);
      await until(() => ada.parts.length === 2);
      ada.fail(0, new ThroughlineError('view-taken-over'));
      await until(() => ada.tokens.get(0) === 2);
      expect(ada.tokens.get(1)).toBe(1);
      const finish = ada.linger();
      ada.fail(0, new ThroughlineError('projection-stopped'));
      await until(() => ada.stops.told === 1);
      expect(ada.parts).toEqual([1]);
      finish();
      await expect(ada.ended).rejects.toMatchObject({ code: 'projection-stopped' });
      expect(ada.parts).toEqual([]);
      expect((await sharing.history(1)).map(([type]) => type)).toEqual(['part.claimed']);
    }),
  );

  test(
    'release a part only once its run has ended',
    sharing(async (sharing) => {
      const ada = sharing.start('ada', 2);
      await until(() => ada.parts.length === 2);
      const finish = ada.linger();
      const ben = sharing.start('ben', 2);
      await until(() => ada.stops.told === 1);
      await Promise.all([ada.hasBeaten(3), ben.hasBeaten(3)]);
      expect([ada.parts, ben.parts]).toEqual([[0, 1], []]);
      finish();
      await until(() => ben.parts.length === 1);
      expect(ada.stops).toEqual({ told: 1, ended: 1 });
    }),
  );

  test(
    'are not misled by a copy of the log that is behind, nor by an append whose outcome nobody knows',
    sharing(async (sharing) => {
      const start = (name: string) => {
        let appends = 0;
        const writer: LogWriter = {
          async append(all) {
            const results = await sharing.log.append(all);
            if (++appends % 2 === 1) throw new ThroughlineError('log-unavailable');
            return results;
          },
        };
        let reads = 0;
        return sharing.start(name, 8, { writer, lag: () => (reads++ % 7) % 3 });
      };
      const [ada, ben, cay] = [start('ada'), start('ben'), start('cay')];
      const have = (replicas: readonly Replica[], counts: readonly number[]) =>
        String(replicas.map(({ parts }) => parts.length).sort()) === String(counts);
      await until(() => have([ada, ben, cay], [2, 3, 3]));
      await ada.stop();
      await until(() => have([ben, cay], [4, 4]));
    }),
  );

  test(
    'run nothing where somebody else was faster',
    sharing(async (sharing) => {
      const events = [partEvent('part.claimed', 'ben', { index: 0, of: 1 })];
      const writer: LogWriter = {
        async append(all) {
          await sharing.log.append([{ stream: all[0]!.stream, expectedRevision: NO_STREAM, events }]);
          return sharing.log.append(all);
        },
      };
      const ada = sharing.start('ada', 1, { writer });
      await until(() => ada.parts.length === 1);
      expect(ada.tokens.get(0)).toBe(2);
      expect(ada.beatsAtStart.get(0)!.steady).toBe(true);
    }),
  );

  test(
    'know what they have done themselves when their copy of the log does not show it yet',
    sharing(async (sharing) => {
      const ben = sharing.start('ben', 1);
      await until(() => ben.parts.length === 1);
      await ben.stop();
      let lag = 0;
      let appends = 0;
      const writer: LogWriter = {
        append(all) {
          appends++;
          return sharing.log.append(all);
        },
      };
      const ada = sharing.start('ada', 1, { writer, lag: () => lag });
      await until(() => ada.parts.length === 1);
      lag = 1;
      await ada.hasBeaten(3);
      expect(appends).toBe(1);
      await ada.stop();
      expect((await sharing.history(0)).at(-1)).toEqual(['part.released', { replica: 'ada', part: 0, of: 1 }]);
    }),
  );

  test(
    'have all parts between them in the end, however they came and went',
    sharing(async (sharing) => {
      const there = new Map<string, Replica>();
      for (const [step, name] of [...'abcdbacadbdcabdacbdabc'].entries()) {
        const replica = there.get(name);
        there.delete(name);
        if (!replica) there.set(name, sharing.start(name, 8));
        else if (step % 2) replica.vanish();
        else await replica.stop();
        await rest(step % 7 === 0 ? LIFETIME : 20 * step);
      }
      expect(there.size).toBeGreaterThan(1);
      const parts = () => [...there.values()].map((replica) => replica.parts);
      const isEven = () => {
        const counts = parts().map(({ length }) => length);
        return Math.max(...counts) - Math.min(...counts) < 2;
      };
      await until(() => parts().flat().length === 8 && isEven());
      expect(parts().flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }),
  );
});

/** Two replicas of two parts: ada had both, and gave one up when ben came. */
async function oneEach(sharing: Sharing): Promise<{ readonly ada: Replica; readonly ben: Replica }> {
  const ada = sharing.start('ada', 2);
  await until(() => ada.parts.length === 2);
  const ben = sharing.start('ben', 2);
  await until(() => ada.parts.length === 1 && ben.parts.length === 1);
  return { ada, ben };
}
