import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem.filter.ts';

const require = createRequire(import.meta.url);
const ASSETS = [
  [
    '/docs/swagger-ui-bundle.js',
    require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
    'text/javascript; charset=utf-8',
  ],
  ['/docs/swagger-ui.css', require.resolve('swagger-ui-dist/swagger-ui.css'), 'text/css; charset=utf-8'],
] as const;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Throughline: HTTP reference</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script>SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });</script>
  </body>
</html>
`;

/** The OpenAPI document of everything the application serves. */
function openApi(app: NestFastifyApplication): OpenAPIObject {
  const about = new DocumentBuilder()
    .setTitle('Throughline')
    .setDescription(
      'One log, two views: what a customer is to the company (CRM), and what the company is to the customer (CEM).\n\n' +
        'Every error is an RFC 9457 problem document with a stable `code` and whether a `retry` can help. ' +
        'Any query may say `?after=<position>` with the position an intake answered: it waits until the views show that write.',
    )
    .setVersion('1')
    .build();
  return SwaggerModule.createDocument(app, about);
}

/** Makes the document that is served out of the application's own. */
export type Reference = (own: OpenAPIObject) => Promise<OpenAPIObject>;

/** Serves the reference at `/docs` and the document itself at `/docs/openapi.json`, out of installed files: no network is needed. */
export function serveDocs(app: NestFastifyApplication, reference: Reference = (own) => Promise.resolve(own)): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  let document: OpenAPIObject | undefined;
  fastify.get('/docs', (_, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  fastify.get('/docs/openapi.json', (request, reply) => {
    reference((document ??= openApi(app))).then(
      (whole) => reply.send(whole),
      (error: unknown) => sendProblem(reply, error, request.id),
    );
  });
  for (const [path, file, type] of ASSETS) {
    fastify.get(path, (_, reply) => reply.type(type).header('cache-control', 'max-age=86400').send(readFileSync(file)));
  }
}
