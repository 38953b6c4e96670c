import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { touchpointId } from '@throughline/contracts';
import { lines, startIntake, touchpoint, type Intake } from './intake.ts';

let intake: Intake;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake.close());

const quarantined = async (body: unknown): Promise<string> =>
  (await intake.send(body)).body.quarantined[0].quarantineId;

describe('quarantine', () => {
  test('keeps the very bytes that were sent, and shows them only when asked', async () => {
    const bad = `{ "id": "secret-1",  "source":"shop", "text": "ada@example.com" }`;
    const id = await quarantined(lines([touchpoint(), bad]));
    const shown = await intake.get(`/quarantine/${id}`);
    expect(shown.body).toMatchObject({
      quarantineId: id,
      state: 'open',
      code: 'invalid-touchpoint',
      origin: { via: 'http', index: 1 },
      size: bad.length,
    });
    expect(JSON.stringify(shown.body)).not.toMatch(/ada@|secret/);
    expect((await intake.get(`/quarantine/${id}?raw=true`)).body.raw).toEqual({ encoding: 'utf8', body: bad });
  });

  test('keeps bytes that are no text', async () => {
    const bad = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    const id = await quarantined(Buffer.concat([Buffer.from(`${JSON.stringify(touchpoint())}\n`), bad]));
    expect((await intake.get(`/quarantine/${id}?raw=true`)).body.raw).toEqual({
      encoding: 'base64',
      body: bad.toString('base64'),
    });
  });

  test('keeps an item of a list as it was written', async () => {
    const id = await quarantined(`[ ${JSON.stringify(touchpoint())} , { "id" : 1.50 } ]`);
    expect((await intake.get(`/quarantine/${id}?raw=true`)).body.raw.body).toBe('{ "id" : 1.50 }');
  });

  test('keeps every byte of what no log takes at once, and lets it be put right', async () => {
    const big = JSON.stringify(touchpoint({ id: 'big-1' }, { traits: { blob: ['ü'.repeat(700_000)] } }));
    const answer = await intake.send(lines([big, touchpoint({ id: 'small-1' })]));
    expect(answer.body).toMatchObject({ accepted: 1, quarantined: [{ index: 0, code: 'too-large' }] });
    const id = answer.body.quarantined[0].quarantineId as string;
    expect((await intake.get(`/quarantine/${id}`)).body).toMatchObject({ size: Buffer.byteLength(big) });
    expect((await intake.get(`/quarantine/${id}?raw=true`)).body.raw).toEqual({ encoding: 'utf8', body: big });

    expect((await intake.send(lines([big]))).body.quarantined[0].quarantineId).toBe(id);
    const listed: string[] = [];
    for (let next = ''; ;) {
      const { body } = await intake.get(`/quarantine?limit=200&cursor=${next}`);
      listed.push(...body.items.map(({ quarantineId }: { quarantineId: string }) => quarantineId));
      if (!(next = body.next ?? '')) break;
    }
    expect(listed.filter((listedId) => listedId === id)).toHaveLength(1);
  });

  test('has nothing personal outside what is sealed', async () => {
    const id = await quarantined(touchpoint({ id: '' }, { 'ada@example.com': 1, text: 'ada@example.com' } as object));
    const [home] = await intake.log.find([id]);
    const [event] = await intake.log.at([home!.position]);
    expect(JSON.stringify([event!.stream, event!.data, event!.metadata])).not.toContain('ada');
  });

  test('holds the same bytes once, however often they are sent', async () => {
    const bad = touchpoint({ time: 'yesterday' });
    const id = await quarantined(bad);
    const before = await intake.log.head();
    expect(await quarantined([bad])).toBe(id);
    expect(await intake.log.head()).toBe(before);
  });

  test('is listed oldest first, a page at a time, by state', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await quarantined(touchpoint({ time: `never ${n}` })));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await intake.get(`/quarantine?limit=2&cursor=${cursor}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ quarantineId }: { quarantineId: string }) => quarantineId));
      cursor = body.next ?? '';
    } while (cursor);
    expect(seen.slice(-5)).toEqual(ids);
    expect(new Set(seen).size).toBe(seen.length);

    await intake.post(`/quarantine/${ids[2]}/redrive`, touchpoint({ id: seen.length.toString() }));
    const states = async (state: string) =>
      (await intake.get(`/quarantine?limit=1000&state=${state}`)).body.items.length;
    expect(await states('open')).toBeGreaterThanOrEqual(4);
    expect((await states('open')) + (await states('redriven'))).toBe(seen.length);
  });

  test.each(['limit=0', 'limit=x', 'limit=1001', 'state=gone', 'cursor=%00'])('is not listed by %s', async (query) => {
    expect((await intake.get(`/quarantine?${query}`)).body).toMatchObject({ status: 400, code: 'invalid-query' });
  });

  test.each(['nonsense', '00000000-0000-0000-0000-000000000000'])('has no item %s', async (id) => {
    expect((await intake.get(`/quarantine/${id}`)).status).toBe(404);
    expect((await intake.post(`/quarantine/${id}/redrive`)).status).toBe(404);
  });

  test('has no item that is a touchpoint', async () => {
    const sent = touchpoint();
    await intake.send(sent);
    expect((await intake.get(`/quarantine/${touchpointId(sent.source, sent.id)}`)).status).toBe(404);
  });
});

describe('a redrive', () => {
  test('takes the corrected item in under its original identity and time, once', async () => {
    const bad = { ...touchpoint(), time: 'yesterday' };
    const id = await quarantined(bad);
    const { receivedAt } = (await intake.get(`/quarantine/${id}`)).body;
    const corrected = { ...bad, time: '2024-05-01T12:00:00Z' };

    const first = await intake.post(`/quarantine/${id}/redrive`, corrected);
    expect(first).toMatchObject({
      status: 200,
      body: { quarantineId: id, touchpointId: touchpointId('shop', bad.id) },
    });
    const [event] = await intake.log.at([first.body.position]);
    expect(event).toMatchObject({ id: first.body.touchpointId, metadata: { receivedAt, sourceId: bad.id } });
    expect((await intake.get(`/quarantine/${id}`)).body).toMatchObject({ state: 'redriven', touchpointId: event!.id });

    const head = await intake.log.head();
    expect(
      await intake.post(`/quarantine/${id}/redrive`, { ...corrected, time: '2020-01-01T00:00:00Z' }),
    ).toMatchObject({ status: 200, body: first.body });
    expect(await intake.log.head()).toBe(head);
    expect((await intake.send(corrected)).body).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test('of what is still bad says so, and leaves it open', async () => {
    const bad = { ...touchpoint(), type: 'Order' };
    const id = await quarantined(bad);
    for (const body of [undefined, { ...bad, time: 'never' }]) {
      expect((await intake.post(`/quarantine/${id}/redrive`, body)).body).toMatchObject({
        status: 422,
        code: 'invalid-touchpoint',
      });
    }
    expect((await intake.get(`/quarantine/${id}`)).body.state).toBe('open');
  });

  test('as another touchpoint is refused', async () => {
    const bad = { ...touchpoint(), type: 'Order' };
    const id = await quarantined(bad);
    const others = [touchpoint(), { ...touchpoint(), id: bad.id, source: 'till' }, [touchpoint(), touchpoint()], []];
    for (const body of others) {
      expect((await intake.post(`/quarantine/${id}/redrive`, body)).body).toMatchObject({
        status: 400,
        code: 'invalid-request',
      });
    }
  });

  test('may give an identity to what had none', async () => {
    const id = await quarantined(lines([touchpoint(), '{"id": broken']));
    const first = await intake.post(`/quarantine/${id}/redrive`, touchpoint());
    expect(first.status).toBe(200);
    const other = touchpoint();
    expect(await intake.post(`/quarantine/${id}/redrive`, other)).toMatchObject({ status: 200, body: first.body });
    expect(await intake.log.find([touchpointId(other.source, other.id)])).toEqual([undefined]);
  });

  test('of what was sent well elsewhere meanwhile is a duplicate, and closes the item', async () => {
    const bad = { ...touchpoint(), time: 'never' };
    const id = await quarantined(bad);
    const good = { ...bad, time: '2024-05-01T12:00:00Z' };
    const sent = await intake.send(good);
    expect((await intake.post(`/quarantine/${id}/redrive`, good)).body.position).toBe(sent.body.position);
    expect((await intake.get(`/quarantine/${id}`)).body.state).toBe('redriven');
  });

  test('by two at once changes nothing twice', async () => {
    const bad = { ...touchpoint(), time: 'never' };
    const id = await quarantined(bad);
    const good = { ...bad, time: '2024-05-01T12:00:00Z' };
    const answers = await Promise.all([1, 2, 3].map(() => intake.post(`/quarantine/${id}/redrive`, good)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const redriven = (await intake.events('quarantine-')).filter(
      ({ type, data }) => type === 'quarantine.redriven' && data['quarantineId'] === id,
    );
    expect(redriven).toHaveLength(1);
  });
});
