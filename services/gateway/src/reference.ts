import type { OpenAPIObject } from '@nestjs/swagger';
import { ThroughlineError } from '@throughline/contracts';
import { SERVICES } from './routes.ts';
import type { Upstreams } from './upstreams.ts';

/**
 * One OpenAPI document of all services: the gateway's own, with every service's paths and schemas put in. A name that two of
 * them use stands for the same thing, since it comes out of the same library.
 *
 * @throws ThroughlineError `service-down` when one of them does not answer: half a reference would look like a whole one.
 */
export async function wholeReference(own: OpenAPIObject, upstreams: Upstreams): Promise<OpenAPIObject> {
  const parts = await Promise.all(SERVICES.map((service) => referenceOf(upstreams[service])));
  const documents = [...parts, own];
  return {
    ...own,
    paths: together(documents.map(({ paths }) => paths)),
    components: { schemas: Object.assign({}, ...documents.map(({ components }) => components?.schemas)) },
  };
}

/** Two services may have operations of one path. */
function together(parts: readonly OpenAPIObject['paths'][]): OpenAPIObject['paths'] {
  const whole: OpenAPIObject['paths'] = {};
  for (const paths of parts)
    for (const [path, operations] of Object.entries(paths)) whole[path] = { ...whole[path], ...operations };
  return whole;
}

async function referenceOf(url: string): Promise<OpenAPIObject> {
  try {
    const answer = await fetch(new URL('/docs/openapi.json', url));
    if (answer.ok) return (await answer.json()) as OpenAPIObject;
  } catch {
    // Said below, whichever way it failed.
  }
  throw new ThroughlineError('service-down');
}
