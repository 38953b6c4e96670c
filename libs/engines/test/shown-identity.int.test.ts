import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  IDENTITY,
  projectionStream,
  START,
  ThroughlineError,
  type GraphChanges,
  type Position,
} from '@throughline/contracts';
import { NO_STREAM, openLog, type EmbeddedLog } from '@throughline/event-log';
import { openIdentityStoreAt, type ViewPlace } from '@throughline/read-model';
import { openShownIdentity, type ShownIdentity } from '../src/index.ts';

const NOTHING: GraphChanges = {
  keys: new Map(),
  edges: new Map(),
  customers: new Map(),
  members: new Map(),
  requests: new Map(),
  retracted: new Set(),
};
const FAR = '00000000000000ff' as Position;
const FARTHER = '0000000000000fff' as Position;

describe('Identity as views are read by it', () => {
  let folder = '';
  let views: ViewPlace;
  let dir = '';
  let log: EmbeddedLog;
  let shown: ShownIdentity;
  let isAway = false;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'throughline-shown-'));
    views = { engine: 'embedded', dir: folder };
    dir = join(folder, 'identity');
    log = await openLog({ dir: join(folder, 'log') });
    await decided(1, FAR);
    const readStream: EmbeddedLog['readStream'] = (...asked) => {
      if (isAway) throw new ThroughlineError('log-unavailable');
      return log.readStream(...asked);
    };
    isAway = false;
    shown = await openShownIdentity({ log: { readStream }, views, dir });
  });
  afterEach(async () => {
    await shown.close();
    await log.close();
    rmSync(folder, { recursive: true });
  });

  const decided = async (rules: number, through: Position) => {
    const { store, close } = await openIdentityStoreAt(views, { dir, rules, completeAt: START });
    await store.commit(NOTHING, { through, lastDecision: through, revision: NO_STREAM, rules: String(rules) });
    await close();
  };
  const viewsGoOver = async (to: string) => {
    const stream = projectionStream(IDENTITY);
    const [revision] = await log.revisions([stream]);
    const data = { switch: randomUUID(), to };
    const events = [{ id: randomUUID(), type: 'views.switched', occurredAt: 0, data, metadata: { schema: 1 } }];
    await log.append([{ stream, expectedRevision: revision!, events }]);
  };
  const isShown = async (version: string) => {
    while ((await shown.current()).version !== version) await rest(10);
  };

  test('is the shipped one at first, and whichever views have gone over to from then on', async () => {
    expect(await shown.current()).toMatchObject({ version: 'v1', documents: {} });
    expect((await shown.progress()).through).toBe(FAR);
    await decided(2, FARTHER);
    expect((await shown.progress()).through).toBe(FAR);
    await viewsGoOver('v2');
    await isShown('v2');
    expect((await shown.progress()).through).toBe(FARTHER);
    await viewsGoOver('v1');
    await isShown('v1');
    expect((await shown.progress()).through).toBe(FAR);
  });

  test('lets a question that was put to the version before come to its end', async () => {
    const { reader } = await shown.current();
    await decided(2, FARTHER);
    await viewsGoOver('v2');
    await isShown('v2');
    expect((await reader.progress()).through).toBe(FAR);
  });

  test('says how far any version has come, and that one of which there is nothing has not begun', async () => {
    await decided(2, FARTHER);
    expect((await shown.progressOf('v2')).through).toBe(FARTHER);
    expect((await shown.progressOf('v3')).through).toBe(START);
  });

  test('stays as it was while the log is away, and goes over once it is back', async () => {
    await decided(2, FARTHER);
    isAway = true;
    await viewsGoOver('v2');
    await rest(250);
    expect((await shown.progress()).through).toBe(FAR);
    isAway = false;
    await isShown('v2');
  });
});
