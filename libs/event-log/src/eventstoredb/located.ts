import { ThroughlineError } from '@throughline/contracts';
import type { EventHome } from '../port.ts';
import type { KnownHome } from './known.ts';
import type { ServerReader } from './server-reader.ts';

/**
 * Where an event stands, its position included: asked of the server when it is not known.
 *
 * @throws ThroughlineError `log-unavailable`.
 */
export async function located(
  server: Pick<ServerReader, 'readStream'>,
  { stream, revision, position }: KnownHome,
): Promise<EventHome> {
  if (position !== undefined) return { stream, revision, position };
  for await (const event of server.readStream(stream, { from: revision, limit: 1 }))
    if (event.revision === revision) return { stream, revision, position: event.position };
  throw new ThroughlineError('log-unavailable', 'The server does not show an event that it took.');
}
