import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings, type Service as Running } from '@throughline/runtime';
import { startGateway } from '../src/index.ts';

interface Service {
  readonly server: Server;
  readonly url: string;
}

/** A service that answers with what reached it. */
async function echo(name: string): Promise<Service> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/docs/openapi.json') {
      response.end(
        JSON.stringify({
          paths: { [`/${name}`]: {}, '/projections': { [name]: {} } },
          components: { schemas: { [name]: {} } },
        }),
      );
      return;
    }
    response.statusCode = request.url?.includes('missing') ? 404 : 200;
    response.setHeader('x-served-by', name);
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString('base64') }));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const stop = (server: Server) => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};

let ingestion: Service;
let command: Service;
let query: Service;
let gateway: Running;
beforeAll(async () => {
  [ingestion, command, query] = (await Promise.all(['ingestion', 'command-api', 'query-api'].map(echo))) as [
    Service,
    Service,
    Service,
  ];
  gateway = await startGateway(readSettings({ PORT: '0', LOG_LEVEL: 'silent' }), {
    ingestion: ingestion.url,
    'command-api': command.url,
    'query-api': query.url,
  });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([ingestion, command, query].map(({ server }) => stop(server)));
});

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function call(path: string, init?: RequestInit): Promise<{ status: number; by: string | null; echo: Echo }> {
  const answer = await fetch(gateway.url + path, init);
  return { status: answer.status, by: answer.headers.get('x-served-by'), echo: (await answer.json()) as Echo };
}

describe('the gateway', () => {
  test.each([
    ['/touchpoints', 'ingestion'],
    ['/quarantine/abc/redrive', 'ingestion'],
    ['/identities/link?preview=true', 'command-api'],
    ['/customers', 'query-api'],
    ['/customers/0f/explain?after=00', 'query-api'],
    ['/metrics/nps?by=channel', 'query-api'],
    ['/balance', 'query-api'],
    ['/projections', 'query-api'],
    ['/projections/cem/replays/7f/diff?wait=60', 'query-api'],
  ])('passes %s on to %s, as it is', async (path, service) => {
    const { by, echo } = await call(path);
    expect([by, echo.url]).toEqual([service, path]);
  });

  test.each(['/projections/cem/promote', '/projections/cem/parked/redrive', '/customers/0f/rebuild'])(
    'passes what is asked for at %s on to whom it is asked, and what nobody takes to nobody',
    async (path) => {
      const { by, echo } = await call(path, { method: 'POST', body: '{}' });
      expect([by, echo.method, echo.url]).toEqual(['command-api', 'POST', path]);
      expect((await fetch(gateway.url + path, { method: 'HEAD' })).headers.get('x-served-by')).toBe('query-api');
      expect(await call(path, { method: 'DELETE' })).toMatchObject({ status: 404, by: null });
    },
  );

  test('passes a compressed body on byte for byte', async () => {
    const body = gzipSync(Buffer.from('{"id":"1"}\n'.repeat(1000)));
    const { echo } = await call('/touchpoints', { method: 'POST', body, headers: { 'content-encoding': 'gzip' } });
    expect(Buffer.from(echo.body, 'base64').equals(body)).toBe(true);
    expect(echo.headers['content-encoding']).toBe('gzip');
  });

  test('lets a service know the request by the id that the caller is told', async () => {
    const answer = await fetch(`${gateway.url}/customers`);
    const { headers } = (await answer.json()) as Echo;
    expect(headers['x-correlation-id']).toBe(answer.headers.get('x-correlation-id'));
  });

  test('gives a service’s refusal back as it is', async () => {
    expect((await call('/customers/missing')).status).toBe(404);
  });

  test('shows one reference of all services', async () => {
    const document = (await (await fetch(`${gateway.url}/docs/openapi.json`)).json()) as {
      paths: Record<string, object>;
      components: { schemas: object };
    };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/ingestion', '/command-api', '/query-api', '/health/live']),
    );
    expect(document.paths['/projections']).toEqual({ ingestion: {}, 'command-api': {}, 'query-api': {} });
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(['ingestion', 'query-api']));
  });

  test('says which kind of trouble it is when a service is gone, and sends nothing twice', async () => {
    await stop(command.server);
    const answer = await fetch(`${gateway.url}/identities/link`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'service-down', retry: true });
    expect((await fetch(`${gateway.url}/docs/openapi.json`)).status).toBe(503);
  });

  test('is ready only while every service is', async () => {
    for (;;) {
      const answer = await fetch(`${gateway.url}/health/ready`);
      const { parts } = (await answer.json()) as { parts: Record<string, { ready: boolean; detail?: string }> };
      if (parts['command-api']?.detail !== 'it does not answer' || !parts['ingestion']?.ready) continue;
      expect(answer.status).toBe(503);
      return;
    }
  });
});
