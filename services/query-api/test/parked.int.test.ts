import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { touchpointId } from '@throughline/contracts';
import { email, worldWhere, type Happened, type World } from './world.ts';

const ADA = email('ada@example.com');
const ADA_WORK = email('ada@work.example');
const HAPPENED: readonly Happened[] = [
  { to: ADA, type: 'page.viewed', at: '2026-04-01T10:00:00Z' },
  { to: ADA_WORK, type: 'call.ended', at: '2026-04-02T10:00:00Z', channel: 'phone', text: 'Hello, this is Ada.' },
];
const touchpoint = (i: number) => ({
  id: touchpointId('test', String(i)),
  stage: 'fold' as const,
  of: HAPPENED[i]!.to.key,
  error: 'TypeError at journey.ts:41:17',
});
const view = { id: ADA.key, stage: 'view' as const, of: ADA.key, error: 'RangeError' };

let world: World;
beforeAll(async () => {
  world = await worldWhere(HAPPENED, [[ADA, ADA_WORK]]);
  await world.park('cem', [touchpoint(0), touchpoint(1), view]);
});
afterAll(() => world.close());

describe('what is parked', () => {
  test('is told with what it is of and where it failed, and with nothing that is in it', async () => {
    const { status, body } = await world.get('/projections/cem/parked');
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 3, position: world.end });
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(
      [touchpoint(0), touchpoint(1), view].map(({ id }) => id).sort(),
    );
    expect(body.items).toContainEqual({
      ...touchpoint(1),
      customer: ADA.key,
      type: 'call.ended',
      occurredAt: '2026-04-02T10:00:00.000Z',
      position: expect.any(String),
    });
    expect(body.items).toContainEqual({ ...view, customer: ADA.key });
    expect(JSON.stringify(body)).not.toMatch(/Hello/);
  });

  test('is told a page at a time', async () => {
    const ids: string[] = [];
    let path = '/projections/cem/parked?limit=2';
    for (;;) {
      const { body } = await world.get(path);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.next === undefined) break;
      path = `/projections/cem/parked?limit=2&cursor=${body.next}`;
    }
    expect(ids).toEqual([touchpoint(0), touchpoint(1), view].map(({ id }) => id).sort());
  });

  test('is of one projection, and of one that there is', async () => {
    expect((await world.get('/projections/crm/parked')).body).toEqual({ total: 0, items: [], position: world.end });
    expect((await world.get('/projections/sales/parked')).body).toMatchObject({ status: 404, code: 'not-found' });
    const { body } = await world.get('/projections/cem/parked?limit=1');
    const other = await world.get(`/projections/crm/parked?cursor=${body.next}`);
    expect(other.body).toMatchObject({ status: 400, code: 'invalid-query' });
    expect((await world.get('/projections/crm/parked?limit=0')).body).toMatchObject({ code: 'invalid-query' });
  });
});
