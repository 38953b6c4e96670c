import type { Readable } from 'node:stream';
import { ThroughlineError } from '@throughline/contracts';
import { readJson } from '@throughline/runtime';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

/**
 * A request's body as one of the classes in `bodies.ts`.
 *
 * @throws ThroughlineError `invalid-request` naming every field that is wrong, never its value; as `readJson` does.
 */
export async function bodyOf<T extends object>(type: new () => T, stream: Readable | undefined): Promise<T> {
  const json = await readJson(stream);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ThroughlineError('invalid-request', 'The body must be one JSON object.');
  }
  const body = instance(type, json);
  const wrong = validateSync(body, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  if (wrong.length > 0)
    throw new ThroughlineError('invalid-request', `${wrong.flatMap((error) => sentences(error)).join('. ')}.`);
  return body;
}

/** class-transformer calls whatever a field named `constructor` holds, which in JSON is nothing that can be called. */
function instance<T extends object>(type: new () => T, json: object): T {
  try {
    return plainToInstance(type, json);
  } catch (error) {
    throw new ThroughlineError('invalid-request', 'No field may be named "constructor".', { cause: error });
  }
}

function sentences({ property, constraints = {}, children = [] }: ValidationError, path = ''): string[] {
  const where = path ? `${path}.${property}` : property;
  return [
    ...Object.values(constraints).map((text) => (path ? `${path}: ${text}` : text)),
    ...children.flatMap((child) => sentences(child, where)),
  ];
}
