import {
  DUPLICATED,
  RETRACTED,
  touchpointStream,
  type Evidence,
  type RetractionFacts,
  type TouchpointData,
} from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import type { Resolver, Retraction, WorkingGraph } from '@throughline/identity';

/**
 * Reads what a retraction takes away, and for each link that the retracted touchpoint was the first to show, what is the
 * first evidence then. The graph keeps only the first of a link, since retractions are rare and touchpoints are not; so the
 * streams of both keys are read, up to the retraction.
 */
export async function readRetraction(
  reader: LogReader,
  event: RecordedEvent,
  subject: string,
  resolver: Resolver,
  graph: WorkingGraph,
): Promise<{ retraction: Retraction; next: (a: string, b: string) => Evidence | undefined }> {
  const id = (event.data as unknown as { facts: RetractionFacts }).facts.touchpointId;
  const touchpoint = await findInStream(reader, event.stream, id);
  const retraction: Retraction = { subject, id, keys: touchpoint ? keysOf(touchpoint) : [] };
  const found = new Map<string, Evidence>();
  for (const [home, other] of resolver.leansOn(retraction)) {
    for (const [one, two] of [
      [home.key, other.key],
      [other.key, home.key],
    ] as const) {
      for await (const seen of reader.readStream(touchpointStream(one))) {
        if (seen.position >= event.position) break;
        if (isRetraction(seen) || seen.id === id || graph.retracted(one + seen.id)) continue;
        if (!keysOf(seen).some(({ key }) => key === two)) continue;
        const evidence = { at: seen.occurredAt, id: seen.id };
        const least = found.get(home.key + other.key);
        if (!least || evidence.at < least.at || (evidence.at === least.at && evidence.id < least.id)) {
          found.set(home.key + other.key, evidence);
        }
      }
    }
  }
  return { retraction, next: (a, b) => found.get(a + b) };
}

async function findInStream(reader: LogReader, stream: string, id: string): Promise<RecordedEvent | undefined> {
  const [home] = await reader.find([id]);
  if (home?.stream === stream) return (await reader.at([home.position]))[0];
  // A copy: the id is known elsewhere first.
  for await (const event of reader.readStream(stream)) if (event.id === id) return event;
  return undefined;
}

function isRetraction({ type }: RecordedEvent): boolean {
  return type === RETRACTED || type === DUPLICATED;
}

function keysOf(event: RecordedEvent): TouchpointData['keys'] {
  return (event.data as unknown as TouchpointData).keys;
}
