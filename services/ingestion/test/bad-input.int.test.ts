import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { touchpointId } from '@throughline/contracts';
import { lines, startIntake, touchpoint, type Answer, type Intake } from './intake.ts';

let intake: Intake;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake.close());

/** Whatever was sent: refused as a whole, or every item told, and what was told is in the log. */
async function isHandled(answer: Answer, items: number): Promise<void> {
  if (answer.status === 400) {
    expect(answer.body).toMatchObject({ code: 'unreadable-body' });
    return;
  }
  expect(answer.status).toBe(200);
  const { accepted, duplicates, quarantined } = answer.body;
  expect(accepted + duplicates + quarantined.length).toBe(items);
  const homes = await intake.log.find(quarantined.map(({ quarantineId }: { quarantineId: string }) => quarantineId));
  expect(homes.every(Boolean)).toBe(true);
}

const naughtyFile = join(dirname(fileURLToPath(import.meta.url)), '../../../../shared/data/blns/blns.json');
const hasNaughty = existsSync(naughtyFile);
if (!hasNaughty) console.warn(`Skipped, for want of ${naughtyFile}: the naughty strings.`);

describe('the naughty strings', () => {
  const naughty = hasNaughty ? (JSON.parse(readFileSync(naughtyFile, 'utf8')) as string[]) : [];
  const places: [string, (text: string, n: number) => unknown][] = [
    ['id', (text, n) => ({ ...touchpoint({ source: `naughty-${n}` }), id: text })],
    ['source', (text) => ({ ...touchpoint(), source: text })],
    ['type', (text) => ({ ...touchpoint(), type: text })],
    ['time', (text) => ({ ...touchpoint(), time: text })],
    ['sentat', (text) => ({ ...touchpoint(), sentat: text })],
    ['correlationid', (text) => ({ ...touchpoint(), correlationid: text })],
    ['an extension', (text) => ({ ...touchpoint(), traceparent: text })],
    ['a dimension', (text) => touchpoint({}, { team: text })],
    ['an identifier', (text) => touchpoint({}, { identifiers: [{ type: 'customer', value: text }] })],
    ['an e-mail address', (text) => touchpoint({}, { identifiers: [{ type: 'email', value: text }] })],
    ['a phone number', (text) => touchpoint({}, { identifiers: [{ type: 'phone', value: text }] })],
    ['an identifier’s type', (text) => touchpoint({}, { identifiers: [{ type: text, value: 'x' }] })],
    ['a fact', (text) => touchpoint({}, { facts: { orderId: text, note: text } })],
    ['a fact’s name', (text) => touchpoint({}, { facts: { orderId: 'x', [text]: 1 } })],
    ['a trait', (text) => touchpoint({}, { traits: { [text]: text } })],
    ['the text', (text) => touchpoint({ type: 'message.received' }, { text, facts: {} })],
    ['a flag', (text) => touchpoint({}, { flags: [text] })],
    ['data', (text) => ({ ...touchpoint(), data: text })],
  ];

  (hasNaughty ? test : test.skip).each(places)('in %s are accepted or quarantined, each', async (_, place) => {
    expect(naughty).toHaveLength(515);
    await isHandled(await intake.send(naughty.map(place)), 515);
  });

  (hasNaughty ? test : test.skip)('that are accepted come back as they were', async () => {
    const sent = naughty.map((text) => touchpoint({ type: 'note.written' }, { facts: { text }, traits: { text } }));
    expect((await intake.send(lines(sent))).body.accepted).toBe(515);
    const homes = await intake.log.find(sent.map(({ source, id }) => touchpointId(source, id)));
    const events = await intake.log.at(homes.map((home) => home!.position));
    expect(events.map(({ data }) => (data['facts'] as { text: string }).text)).toEqual(naughty);
    expect(events.map(({ personal }) => (personal!['traits'] as { text: string }).text)).toEqual(naughty);
  });
});

describe('a valid body', () => {
  const one = Buffer.from(
    JSON.stringify(touchpoint({ sentat: '2024-05-01T12:00:01Z' }, { text: 'très bien 👍', traits: { name: 'Ada' } })),
  );
  const two = Buffer.from(lines([touchpoint(), touchpoint()]));

  test('cut off at any byte is refused or told item by item', async () => {
    for (const body of [one, two, Buffer.from(`[${two.toString().replace('\n', ',')}]`)]) {
      for (let length = 0; length < body.length; length++) {
        const cut = body.subarray(0, length);
        await isHandled(await intake.send(cut), cut.includes(0x0a) && cut.at(-1) !== 0x0a ? 2 : 1);
      }
    }
  });

  test.each([0x00, 0x22, 0x7b, 0x0a, 0x39, 0xff])(
    'with byte %i in place of any of its own is refused or told',
    async (byte) => {
      for (let at = 0; at < one.length; at++) {
        const changed = Buffer.from(one);
        changed[at] = byte;
        const answer = await intake.send(changed);
        if (byte !== 0x0a) await isHandled(answer, 1);
        else expect([200, 400]).toContain(answer.status);
      }
    },
  );

  test('gzipped and cut off, or with a byte changed, is refused or told', async () => {
    const zipped = gzipSync(one);
    for (let at = 1; at < zipped.length; at++) {
      const changed = Buffer.from(zipped);
      changed[at]! ^= 0x55;
      for (const body of [zipped.subarray(0, at), changed])
        await isHandled(await intake.send(body, { 'content-encoding': 'gzip' }), 1);
    }
  });
});

describe('a body that is none', () => {
  test.each<[string, string | Buffer, RegExp]>([
    ['empty', '', /empty/],
    ['blank', ' \n\r\n\t', /empty/],
    ['a number', '7', /neither an object nor a list/],
    ['a text', '"hello"', /neither an object nor a list/],
    ['a form', 'a=1&b=2', /byte 0 \(line 1\)/],
    ['a broken list', '[{"id": "1"},\n{"id": }]', /byte 21 \(line 2\)/],
    ['no UTF-8', Buffer.from([0x7b, 0x0a, 0x22, 0xff, 0x22, 0x7d]), /Not UTF-8 in line 2/],
    ['UTF-16', Buffer.from('{"id":"1"}', 'utf16le'), /byte 1 /],
    ['deep', '['.repeat(100_000), /byte 100000/],
  ])('%s is refused with the place', async (_, body, place) => {
    const answer = await intake.send(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'unreadable-body' } });
    expect(answer.body.detail).toMatch(place);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('an encoding nobody knows is refused', async () => {
    expect((await intake.send('{}', { 'content-encoding': 'br' })).body.detail).toMatch(/gzip/);
  });
});

describe('an item of the wrong shape', () => {
  const good = touchpoint();
  const wrong: unknown[] = [
    null,
    true,
    7,
    'text',
    [],
    {},
    [good],
    ...Object.keys(good).map((name) => Object.fromEntries(Object.entries(good).filter(([other]) => other !== name))),
    ...Object.keys(good).flatMap((name) => [null, 7, true, [], {}, ''].map((value) => ({ ...good, [name]: value }))),
    ...['channel', 'identifiers', 'facts', 'traits', 'text', 'origin', 'flags'].flatMap((name) =>
      [null, 7, [[]], 'x'.repeat(100_001)].map((value) => ({ ...good, data: { ...good.data, [name]: value } })),
    ),
    { ...good, data: { ...good.data, identifiers: Array.from({ length: 51 }, () => ({ type: 'email', value: 'x' })) } },
  ];

  test('is quarantined with a sentence, and the good ones beside it are accepted', async () => {
    const many = wrong.flatMap((item) => [item, touchpoint()]);
    const answer = await intake.send(many);
    const reasons = new Map(
      answer.body.quarantined.map(({ index, message }: { index: number; message: string }) => [index, message]),
    );
    // `data: {}` and the like lack a fact that orders must have; `flags: [[]]` is no list of words.
    expect([...reasons.keys()]).toEqual(wrong.map((_, n) => n * 2));
    expect(answer.body.accepted).toBe(wrong.length);
    for (const reason of reasons.values()) expect(reason).toMatch(/^[a-zA-Z].* (must|is) .*\.$/);
  });
});

describe('too much', () => {
  test('as sent or once inflated is refused', async () => {
    const big = Buffer.alloc(10 << 20, 'x');
    expect(await intake.send(big)).toMatchObject({ status: 413, body: { code: 'too-large' } });
    const bomb = gzipSync(Buffer.alloc(200 << 20, ' '));
    expect(bomb.length).toBeLessThan(1 << 20);
    expect(await intake.send(bomb)).toMatchObject({ status: 413, body: { code: 'too-large' } });
    expect(await intake.send(gzipSync(bomb))).toMatchObject({ status: 400 });
  });

  test('in number is refused', async () => {
    expect(await intake.send('{}\n'.repeat(50_001))).toMatchObject({ status: 413 });
    expect(await intake.send(`[${'1,'.repeat(50_000)}1]`)).toMatchObject({ status: 413 });
  });

  test('at once is put off, with a time to come back, and then taken', async () => {
    const body = Buffer.from(
      JSON.stringify(touchpoint({}, { traits: { blob: ['x'.repeat(60_000)] } })).padEnd(7 << 20),
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => intake.send(body)));
    const busy = answers.filter(({ status }) => status === 429);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.length).toBeLessThan(20);
    for (const { headers, body: problem } of busy) expect([headers['retry-after'], problem.retry]).toEqual(['1', true]);
    expect((await intake.send(body)).status).toBe(200);
  });
});

describe('a connection', () => {
  let port: number;
  beforeAll(async () => {
    port = await intake.listen();
  });
  const post = (headers: Record<string, string>) =>
    request({ port, method: 'POST', path: '/touchpoints', headers }).on('error', () => undefined);

  test('that breaks off in the middle of a body loses what was not answered, and nothing else', async () => {
    const whole = JSON.stringify(touchpoint());
    for (let length = 1; length < whole.length; length += 25) {
      const broken = post({ 'content-length': String(whole.length) });
      broken.write(whole.slice(0, length));
      await new Promise((resolve) => setTimeout(resolve, 2));
      broken.destroy();
    }
    const head = await intake.log.head();
    expect((await intake.send(touchpoint())).body.accepted).toBe(1);
    expect((await intake.log.head()) > head).toBe(true);
  });

  test('on which too much is sent is told so before it has all arrived', async () => {
    const status = await new Promise((resolve) => {
      const endless = post({ 'transfer-encoding': 'chunked' }).on('response', (answer) => {
        resolve(answer.statusCode);
        endless.destroy();
      });
      const more = () => {
        while (!endless.destroyed && endless.write(Buffer.alloc(1 << 16, 'x')));
      };
      endless.on('drain', more);
      more();
    });
    expect(status).toBe(413);
  });
});
