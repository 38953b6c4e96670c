import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { keyOf, subjectOf, touchpointId } from '@throughline/contracts';
import { lines, SECRET, startIntake, touchpoint, type Intake } from './intake.ts';

let intake: Intake;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake.close());

const stored = async (source: string, id: string) => {
  const [home] = await intake.log.find([touchpointId(source, id)]);
  const [event] = home ? await intake.log.at([home.position]) : [];
  return event;
};

describe('a touchpoint that was accepted', () => {
  test('is in its customer’s stream, without its identifiers in the clear but in what is personal', async () => {
    const sent = touchpoint({ correlationid: 'c-1', traceparent: '00-abc' } as object, {
      identifiers: [
        { type: 'phone', value: '977-806-9726' },
        { type: 'email', value: ' Ada@Example.com' },
        { type: 'email', value: 'ada@example.com' },
      ],
      traits: { name: 'Ada' },
      origin: { file: 'a.csv', line: 7 },
      team: 'north',
    });
    expect((await intake.send(sent)).body).toMatchObject({ accepted: 1, duplicates: 0, quarantined: [] });

    const event = (await stored('shop', sent.id))!;
    const email = keyOf(SECRET, { type: 'email', value: 'ada@example.com' });
    const phone = keyOf(SECRET, { type: 'phone', value: '+19778069726' });
    expect(subjectOf(event.stream)).toBe(email);
    expect(event).toMatchObject({ type: 'order.placed', occurredAt: Date.parse(sent.time), revision: 0 });
    expect(event.data).toEqual({
      keys: [
        { type: 'email', key: email },
        { type: 'phone', key: phone },
      ],
      channel: 'web',
      team: 'north',
      facts: sent.data.facts,
    });
    expect(event.personal).toEqual({
      identifiers: [
        { type: 'email', value: 'ada@example.com' },
        { type: 'phone', value: '+19778069726' },
      ],
      traits: { name: 'Ada' },
      extensions: { traceparent: '00-abc' },
    });
    expect(event.metadata).toMatchObject({
      source: 'shop',
      sourceId: sent.id,
      schema: 1,
      origin: { file: 'a.csv', line: 7 },
      $correlationId: 'c-1',
    });
    expect(event.metadata['flags']).toBeUndefined();
  });

  test('about nobody known is at home in a stream of its own', async () => {
    const sent = touchpoint(
      { type: 'review.posted' },
      {
        identifiers: [
          { type: 'email', value: 'null' },
          { type: 'phone', value: '' },
        ],
        facts: { score: 5 },
      },
    );
    expect((await intake.send(sent)).body.accepted).toBe(1);
    const event = (await stored('shop', sent.id))!;
    expect(subjectOf(event.stream)).toBe(event.id.replaceAll('-', ''));
    expect(event.data['keys']).toEqual([]);
    expect(event.personal).toEqual({ refused: [{ type: 'email', value: 'null' }] });
    expect(event.metadata['flags']).toEqual(['identifier-refused:email:blocked', 'identifier-refused:phone:empty']);
  });

  test('of a type outside the catalogue is kept and flagged', async () => {
    const sent = touchpoint({ type: 'drone.landed' }, { facts: { altitude: 3, nested: { a: [1] } } });
    expect((await intake.send(sent)).body.accepted).toBe(1);
    expect(await stored('shop', sent.id)).toMatchObject({
      data: { facts: sent.data.facts },
      metadata: { schema: 0, flags: ['uncatalogued'] },
    });
  });

  test('keeps facts that its type does not know', async () => {
    const sent = touchpoint({}, { facts: { orderId: '1', giftWrap: true } });
    await intake.send(sent);
    expect((await stored('shop', sent.id))!.data['facts']).toEqual({ orderId: '1', giftWrap: true });
  });

  test('has language and sentiment drawn from its text, and believes no sender’s', async () => {
    const said = touchpoint(
      { type: 'message.received' },
      { text: 'This is terrible, I am very angry', facts: { sentiment: { score: 100, model: 'mine@1' } } },
    );
    await intake.send(said);
    const event = (await stored('shop', said.id))!;
    const facts = event.data['facts'] as { language: { code: string }; sentiment: { score: number } };
    expect(facts.language.code).toBe('en');
    expect(facts.sentiment.score).toBeLessThan(0);
    expect(event.metadata['flags']).toEqual(['untrusted:sentiment']);
    expect(event.personal!['text']).toBe('This is terrible, I am very angry');
  });
});

describe('sending again', () => {
  test('changes nothing, and still says where it stands', async () => {
    const sent = [touchpoint(), touchpoint()];
    const first = await intake.send(sent);
    const before = await intake.log.head();
    const again = await intake.send([...sent, sent[0]]);
    expect(again.body).toEqual({ accepted: 0, duplicates: 3, quarantined: [], position: first.body.position });
    expect(await intake.log.head()).toBe(before);
  });

  test('with other content keeps the first', async () => {
    const sent = touchpoint();
    await intake.send(sent);
    expect((await intake.send({ ...sent, type: 'order.cancelled' })).body).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    expect((await stored('shop', sent.id))!.type).toBe('order.placed');
  });

  test('at the same time, by many, is accepted once in all', async () => {
    const sent = Array.from({ length: 20 }, () =>
      touchpoint({}, { identifiers: [{ type: 'customer', value: 'busy' }] }),
    );
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => intake.send(sent.slice(n), {})));
    const accepted = answers.reduce((sum, { body }) => sum + body.accepted, 0);
    const all = answers.reduce((sum, { body }) => sum + body.accepted + body.duplicates, 0);
    expect([accepted, all]).toEqual([20, 155]);
  });
});

describe('one request', () => {
  const three = [touchpoint(), touchpoint(), touchpoint()];
  test.each<[string, unknown, Record<string, string>]>([
    ['a list', three, {}],
    ['lines', lines(three), {}],
    [
      'lines ended as on Windows, blank ones among them',
      `\r\n${three.map((item) => JSON.stringify(item)).join('\r\n\r\n')}\r\n`,
      {},
    ],
    ['behind a byte-order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(lines(three))]), {}],
    ['gzipped and labelled', gzipSync(lines(three)), { 'content-encoding': 'gzip' }],
    ['gzipped without a label', gzipSync(JSON.stringify(three)), {}],
    ['labelled gzip and plain', lines(three), { 'content-encoding': 'gzip' }],
    ['labelled as a form', gzipSync(JSON.stringify(three)), { 'content-type': 'application/x-www-form-urlencoded' }],
    ['labelled as nonsense', lines(three), { 'content-type': 'text/html; charset=utf-16' }],
    ['pretty-printed', JSON.stringify(three, null, 2), {}],
  ])('may be %s', async (_, body, headers) => {
    const answer = await intake.send(body, headers);
    expect([answer.status, answer.body.accepted + answer.body.duplicates, answer.body.quarantined]).toEqual([
      200,
      3,
      [],
    ]);
  });

  test('may be one object on many lines', async () => {
    expect((await intake.send(JSON.stringify(touchpoint(), null, 2))).body.accepted).toBe(1);
  });

  test('may be an empty list', async () => {
    expect((await intake.send('[]')).body).toEqual({ accepted: 0, duplicates: 0, quarantined: [] });
  });

  test('tells its items apart, and counts each', async () => {
    const good = touchpoint();
    const answer = await intake.send(lines([touchpoint({ id: '' }), good, 'nonsense', JSON.stringify(good), '[]']));
    expect(answer.body).toMatchObject({
      accepted: 1,
      duplicates: 1,
      quarantined: [
        { index: 0, code: 'invalid-touchpoint', message: 'id must be text of 1 to 512 characters.' },
        { index: 2, code: 'unreadable-line', message: 'Not JSON at byte 0 (line 1).' },
        { index: 4, code: 'invalid-touchpoint', message: 'A touchpoint must be a JSON object.' },
      ],
    });
  });

  test('loses nothing: accepted, duplicates and quarantined are as many as were sent, and that many are in the log', async () => {
    const item = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .integer({ min: 0, max: 30 })
          .map((n) => JSON.stringify(touchpoint({ id: `p-${n}`, source: 'property' }))),
      },
      fc.json().filter((json) => json !== ''),
      fc.string({ minLength: 1 }).map((text) => `x${text.replaceAll(/[\r\n]/g, '')}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 20 }), fc.boolean(), async (items, asList) => {
        const readable = (text: string) => {
          try {
            return JSON.parse(text) !== undefined;
          } catch {
            return false;
          }
        };
        const sent = asList
          ? items.filter(readable)
          : [JSON.stringify(touchpoint({ id: 'first', source: 'property' })), ...items];
        const before = await intake.events('');
        const { status, body } = await intake.send(asList ? `[${sent.join()}]` : lines(sent));
        const after = await intake.events('');
        expect(status).toBe(200);
        expect(body.accepted + body.duplicates + body.quarantined.length).toBe(sent.length);
        expect(after.length - before.length).toBeGreaterThanOrEqual(body.accepted);
        expect(after.length - before.length).toBeLessThanOrEqual(body.accepted + body.quarantined.length);
        const found = await intake.log.find(
          body.quarantined.map(({ quarantineId }: { quarantineId: string }) => quarantineId),
        );
        expect(found.every((home) => home?.stream.startsWith('quarantine-'))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a retraction', () => {
  const retraction = (touchpointId: string, identifiers: { type: string; value: string }[] = []) =>
    touchpoint({ type: 'touchpoint.retracted' }, { identifiers, facts: { touchpointId } });

  test.each([
    ['by its UUID', ({ id }: { id: string }) => touchpointId('shop', id)],
    ['as its channel knows it', ({ id }: { id: string }) => `shop#${id}`],
  ])('stands in the stream of what it retracts, named %s', async (_, name) => {
    const target = touchpoint();
    await intake.send(target);
    const sent = retraction(name(target), [{ type: 'email', value: 'somebody-else@example.com' }]);
    expect((await intake.send(sent)).body.accepted).toBe(1);
    const [was, retracted] = [(await stored('shop', target.id))!, (await stored('shop', sent.id))!];
    expect(retracted).toMatchObject({
      stream: was.stream,
      revision: was.revision + 1,
      data: { facts: { touchpointId: was.id } },
    });
    expect((await intake.send(sent)).body).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test('may come in one request with what it retracts', async () => {
    const target = touchpoint({ source: '//shop#eu', id: 'a#1' });
    expect((await intake.send([target, retraction('//shop#eu#a#1')])).body.accepted).toBe(2);
  });

  test('of what is unknown, or no touchpoint, is quarantined, and redriven once it is there', async () => {
    const target = touchpoint();
    const sent = retraction(`shop#${target.id}`);
    const { body } = await intake.send([touchpoint(), sent]);
    expect(body).toMatchObject({ accepted: 1, quarantined: [{ index: 1, code: 'unknown-touchpoint' }] });
    const { quarantineId } = body.quarantined[0];
    expect((await intake.send(retraction(quarantineId))).body.quarantined).toMatchObject([
      { code: 'unknown-touchpoint' },
    ]);
    expect((await intake.post(`/quarantine/${quarantineId}/redrive`)).status).toBe(422);
    await intake.send(target);
    expect((await intake.post(`/quarantine/${quarantineId}/redrive`)).body).toMatchObject({
      touchpointId: touchpointId('shop', sent.id),
    });
    expect((await stored('shop', sent.id))!.stream).toBe((await stored('shop', target.id))!.stream);
  });

  test('of itself is none', async () => {
    expect(
      (
        await intake.send(
          touchpoint({ id: 'self', type: 'touchpoint.retracted' }, { facts: { touchpointId: 'shop#self' } }),
        )
      ).body.quarantined,
    ).toHaveLength(1);
  });
});
