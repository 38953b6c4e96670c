import streams from '@eventstore/db-client/generated/streams_pb.js';
import { expect, test } from '@jest/globals';
import type { Position } from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';
import fc from 'fast-check';
import { eventMessage, linkMessage } from '../src/grpc/read-answers.ts';
import { toStored } from '../src/store/stored-event.ts';

/** Small ones, and now and then one that is larger than any buffer kept for them. */
const bytes = fc
  .tuple(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 30 }).map((part) => Buffer.from(part)),
    ),
    fc.constantFrom(...Array<number>(20).fill(1), 10_000),
  )
  .map(([part, times]) => Buffer.alloc(part.length * times, part));

const recorded = fc
  .record({
    id: fc.uuid(),
    type: fc.string({ minLength: 1, unit: 'grapheme' }),
    isJson: fc.boolean(),
    data: bytes,
    metadata: bytes,
    isTombstone: fc.boolean(),
    stream: fc.string({ minLength: 1, unit: 'grapheme' }),
    revision: fc.nat(2 ** 31 - 1),
    position: fc.maxSafeNat(),
    recordedAt: fc.nat(2 ** 31 - 1).map((seconds) => seconds * 1000 + 1),
  })
  .map(({ isTombstone, stream, revision, position, recordedAt, ...proposed }) => {
    const type = isTombstone ? '$streamDeleted' : proposed.type;
    const stored = toStored({ ...proposed, type, ...(isTombstone && { isTombstone }) }, stream, revision, recordedAt);
    const event: RecordedEvent = {
      ...stored,
      stream,
      revision,
      recordedAt,
      personal: undefined,
      position: position.toString(16).padStart(16, '0') as Position,
    };
    const revisionShown = isTombstone ? String(2n ** 63n - 1n) : String(revision);
    return { event, ...proposed, type, stream, position: String(position), revision: revisionShown, recordedAt };
  });

type Recorded = ReturnType<InstanceType<typeof streams.ReadResp.ReadEvent>['getEvent']>;

function seen(event: Recorded) {
  const described = event!.getMetadataMap();
  return {
    id: event!.getId()!.getString(),
    stream: Buffer.from(event!.getStreamIdentifier()!.getStreamName_asU8()).toString(),
    revision: event!.getStreamRevision(),
    positions: [event!.getPreparePosition(), event!.getCommitPosition()],
    described: [described.get('type'), described.get('created'), described.get('content-type')],
    data: Buffer.from(event!.getData_asU8()).toString('latin1'),
    metadata: Buffer.from(event!.getCustomMetadata_asU8()).toString('latin1'),
  };
}

function expected(of: typeof recorded extends fc.Arbitrary<infer T> ? T : never) {
  return {
    id: of.id,
    stream: of.stream,
    revision: of.revision,
    positions: [of.position, of.position],
    described: [of.type, `${of.recordedAt}0000`, of.isJson ? 'application/json' : 'application/octet-stream'],
    data: of.data.toString('latin1'),
    metadata: of.metadata.toString('latin1'),
  };
}

test('What is written by hand is read by the generated classes as the event that it is', () => {
  fc.assert(
    fc.property(recorded, recorded, (event, link) => {
      const plain = streams.ReadResp.deserializeBinary(eventMessage(event.event, 'string')).getEvent()!;
      expect(seen(plain.getEvent())).toEqual(expected(event));
      expect([plain.getCommitPosition(), plain.hasLink()]).toEqual([event.position, false]);
      const linked = streams.ReadResp.deserializeBinary(linkMessage(link.event, event.event, 'string')).getEvent()!;
      expect([seen(linked.getEvent()), seen(linked.getLink())]).toEqual([expected(event), expected(link)]);
      expect(linked.getCommitPosition()).toBe(link.position);
      const lost = streams.ReadResp.deserializeBinary(linkMessage(link.event, undefined, 'string')).getEvent()!;
      expect([lost.hasEvent(), seen(lost.getLink())]).toEqual([false, expected(link)]);
    }),
    { numRuns: 200 },
  );
});
