import { Controller, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ThroughlineError } from '@throughline/contracts';
import { createHttpApp, createLogger, createMetrics, Health, readSettings } from '../src/index.ts';

@Controller('things')
class ThingsController {
  @Get('busy')
  busy(): never {
    throw new ThroughlineError('too-busy');
  }

  @Get('broken')
  broken(): never {
    throw new Error('ada@example.com is broken');
  }

  @Post()
  accept(): object {
    return { ok: true };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const health = new Health();
const lines: string[] = [];
let app: NestFastifyApplication;
beforeAll(async () => {
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  app = await createHttpApp(ThingsModule, { settings: readSettings({}), logger, metrics: createMetrics(), health });
  await app.init();
});
afterAll(() => app.close());

describe('an application', () => {
  test('answers an error as a problem document that says when to come back', async () => {
    const answer = await app.inject({ url: '/things/busy', headers: { 'x-correlation-id': 'call-7' } });
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['retry-after']]).toEqual([
      429,
      'application/problem+json; charset=utf-8',
      '1',
    ]);
    expect(answer.json()).toMatchObject({ code: 'too-busy', correlationId: 'call-7' });
    expect(answer.headers['x-correlation-id']).toBe('call-7');
  });

  test('logs what nobody expected under the correlation id, without what it was about', async () => {
    const answer = await app.inject({ url: '/things/broken', headers: { 'x-correlation-id': 'line\nbreak' } });
    const { correlationId } = answer.json<{ correlationId: string }>();
    expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
    const logged = lines.find((line) => line.includes(correlationId));
    expect(logged).toContain('"route":"/things/broken"');
    expect(lines.join('')).not.toContain('ada@example.com');
  });

  test('answers an unknown path as a problem document', async () => {
    const answer = await app.inject('/nowhere?identifier=email:ada@example.com');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'not-found']);
    expect(answer.body).not.toContain('ada');
  });

  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense', undefined])(
    'takes a body of type %s as it is',
    async (type) => {
      const answer = await app.inject({
        method: 'POST',
        url: '/things',
        payload: '{ not json',
        headers: type ? { 'content-type': type } : {},
      });
      expect(answer.statusCode).toBe(201);
    },
  );

  test('is ready when all its parts are, and says which is not', async () => {
    health.register('log', () => ({ ready: true }));
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
    health.register('crm-projection', () => ({ ready: false, detail: 'restarting' }));
    const answer = await app.inject('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      parts: { log: { ready: true }, 'crm-projection': { ready: false, detail: 'restarting' } },
    });
    expect((await app.inject('/health/live')).statusCode).toBe(200);
  });

  test('measures its requests by route, never by URL', async () => {
    await app.inject('/things/busy?identifier=email:ada@example.com');
    const { body, headers } = await app.inject('/internal/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toContain('throughline_http_request_seconds_count{method="GET",route="/things/busy",status="429"}');
    expect(body).not.toContain('ada');
  });

  test('serves its reference without a network', async () => {
    const page = await app.inject('/docs');
    expect(page.headers['content-type']).toContain('text/html');
    const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links.every((link) => link.startsWith('/docs/'))).toBe(true);
    for (const link of links) expect((await app.inject(link)).statusCode).toBe(200);
    expect((await app.inject('/docs/openapi.json')).json()).toMatchObject({
      openapi: expect.any(String),
      paths: { '/things': {} },
    });
  });
});
