import { describe, expect, test } from '@jest/globals';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import fc from 'fast-check';
import { problemCode, START, type JsonObject, type Position } from '@throughline/contracts';
import { takeApart, writeEvent } from '../src/eventstoredb/event-format.ts';
import { KnownEvents } from '../src/eventstoredb/known.ts';
import { positionText, serverPosition } from '../src/eventstoredb/position.ts';
import { readAnswer, type RawEvent } from '../src/eventstoredb/wire.ts';
import type { NewEvent } from '../src/index.ts';

const anyJson = fc.dictionary(
  fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('personal', 'occurredAt', 'personalBytes')),
  fc.jsonValue(),
) as fc.Arbitrary<JsonObject>;
const anyEvent: fc.Arbitrary<NewEvent> = fc
  .record({
    id: fc.uuid(),
    type: fc.string({ minLength: 1 }),
    occurredAt: fc.oneof(
      fc.integer({ min: -1e14, max: 1e15 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 1e21, -62_167_219_200_001, 253_402_300_800_000),
    ),
    data: anyJson,
    personal: fc.option(anyJson, { nil: undefined }),
    metadata: anyJson,
  })
  .map(({ personal, ...event }) => (personal === undefined ? event : { ...event, personal }));
const anyUint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function raw({ data, metadata }: { data: Buffer; metadata: Buffer }): RawEvent {
  const nothing = Buffer.alloc(0);
  return {
    id: '',
    stream: nothing,
    type: nothing,
    revision: 0,
    position: nothing,
    isJson: true,
    recordedAt: 7,
    data,
    metadata,
  };
}

describe('An event on the server', () => {
  test('is taken apart into what was written, whatever its members are called', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const written = writeEvent(event);
        const { occurredAt, data, personal, metadata } = takeApart(raw(written));
        expect(occurredAt).toBe(event.occurredAt === 0 ? 0 : event.occurredAt);
        expect(data.toString()).toBe(JSON.stringify(event.data));
        expect(personal?.toString()).toBe(event.personal && JSON.stringify(event.personal));
        expect(metadata.toString()).toBe(JSON.stringify(event.metadata));
      }),
    );
  });

  test('is plain JSON to any other tool, with the personal part where the design draws it', () => {
    const { data, metadata } = writeEvent({
      id: '',
      type: 't',
      occurredAt: Date.UTC(2026, 10, 22),
      data: { facts: { n: 1 } },
      personal: { traits: { name: 'Łukasz' } },
      metadata: { $correlationId: 'c' },
    });
    expect(JSON.parse(data.toString())).toEqual({ facts: { n: 1 }, personal: { traits: { name: 'Łukasz' } } });
    expect(JSON.parse(metadata.toString())).toMatchObject({
      occurredAt: '2026-11-22T00:00:00.000Z',
      $correlationId: 'c',
    });
  });

  test('whose lengths do not fit is one of somebody else', () => {
    for (const personalBytes of [0, 5, 6, 8, 1000]) {
      const data = Buffer.from('{"personal":{"a":1},"b":2}');
      const metadata = Buffer.from(`{"occurredAt":5,"personalBytes":${personalBytes},"c":3}`);
      const parts = takeApart(raw({ data, metadata }));
      expect(JSON.parse(parts.data.toString())).toEqual({ personal: { a: 1 }, b: 2 });
      expect(parts.personal).toBeUndefined();
    }
  });
});

describe('An answer of the server', () => {
  test('is read as the client’s own decoder reads it', () => {
    fc.assert(
      fc.property(
        fc.record({ id: fc.uuid(), stream: fc.string(), type: fc.string(), ms: fc.integer({ min: 0, max: 4e12 }) }),
        fc.record({ revision: fc.maxSafeNat(), commit: anyUint64, prepare: anyUint64, link: fc.boolean() }),
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ maxLength: 300 }),
        ({ id, stream, type, ms }, { revision, commit, prepare, link }, data, metadata) => {
          const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
          recorded.setId(new shared.UUID().setString(id));
          recorded.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream)));
          recorded.setStreamRevision(String(revision));
          recorded.setCommitPosition(String(commit));
          recorded.setPreparePosition(String(prepare));
          recorded.getMetadataMap().set('type', type).set('content-type', 'application/json');
          recorded.getMetadataMap().set('created', `${ms}1234`);
          recorded.setData(data);
          recorded.setCustomMetadata(metadata);
          const event = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(commit));
          if (link) event.setLink(new streams.ReadResp.ReadEvent.RecordedEvent().setStreamRevision('9'));
          const answer = readAnswer(Buffer.from(new streams.ReadResp().setEvent(event).serializeBinary()));
          if (answer.kind !== 'event') throw new Error(answer.kind);
          expect({ ...answer.event, stream: String(answer.event.stream), type: String(answer.event.type) }).toEqual({
            id,
            stream,
            type,
            revision,
            isJson: true,
            recordedAt: ms,
            position: Buffer.from(positionText(String(commit), String(prepare)), 'hex'),
            data: Buffer.from(data),
            metadata: Buffer.from(metadata),
          });
        },
      ),
    );
  });

  test('tells checkpoints, the end of catching up, and missing streams apart from what is of no interest', () => {
    const answer = new streams.ReadResp();
    const checkpoint = new streams.ReadResp.Checkpoint().setCommitPosition('258').setPreparePosition('3');
    const kinds = [
      new streams.ReadResp().setCheckpoint(checkpoint),
      new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()),
      new streams.ReadResp().setStreamNotFound(
        new streams.ReadResp.StreamNotFound().setStreamIdentifier(
          new shared.StreamIdentifier().setStreamName(Buffer.from('s')),
        ),
      ),
      new streams.ReadResp().setConfirmation(
        new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId('a name'),
      ),
      new streams.ReadResp().setLastStreamPosition('7'),
      answer,
    ].map((message) => readAnswer(Buffer.from(message.serializeBinary())));
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'checkpoint',
      'caught-up',
      'stream-not-found',
      'other',
      'other',
      'other',
    ]);
    expect(kinds[0]).toEqual({ kind: 'checkpoint', position: Buffer.from(positionText('258', '3'), 'hex') });
  });

  test('that is cut short is refused', () => {
    const event = new streams.ReadResp.ReadEvent().setEvent(
      new streams.ReadResp.ReadEvent.RecordedEvent().setData(Buffer.alloc(50)),
    );
    const bytes = Buffer.from(new streams.ReadResp().setEvent(event).serializeBinary());
    for (let length = 1; length < bytes.length; length++)
      expect(() => readAnswer(bytes.subarray(0, length))).toThrow('ends within');
  });
});

describe('A position', () => {
  test('is text in the order of the server, and comes back as it was received', () => {
    fc.assert(
      fc.property(anyUint64, anyUint64, anyUint64, anyUint64, (a, b, c, d) => {
        const [one, other] = [positionText(String(a), String(b)), positionText(String(c), String(d))];
        expect(serverPosition(one)).toEqual({ commit: String(a), prepare: String(b) });
        expect(one < other).toBe(a < c || (a === c && b < d));
        expect(one > START).toBe(true);
      }),
    );
  });

  test('of another kind of log is refused', () => {
    for (const text of ['0000000000000001', 'x'.repeat(32), '0'.repeat(33)]) {
      let code: string | undefined;
      try {
        serverPosition(text as Position);
      } catch (error) {
        code = problemCode(error);
      }
      expect(code).toBe('invalid-request');
    }
  });
});

describe('What a process knows beyond its mirror', () => {
  const position = (n: number) => positionText(String(n), String(n));
  const home = (stream: string, revision: number, n: number) => ({ stream, revision, position: position(n) });

  test('covers a stream only as far as there is no gap', () => {
    const known = new KnownEvents();
    known.add('a', home('s', 5, 5));
    known.add('b', home('s', 6, 6));
    expect(known.knownRevision('s', 4)).toBe(6);
    expect(known.knownRevision('s', 3)).toBe(3);
    expect(known.knownRevision('s', 9)).toBe(9);
    known.add('c', home('s', 9, 9));
    expect(known.knownRevision('s', 4)).toBe(4);
    expect(known.knownRevision('s', 8)).toBe(9);
  });

  test('is forgotten once the mirror has it, but not while somebody rests on it', async () => {
    const known = new KnownEvents();
    known.add('A', home('s', 0, 1));
    known.add('b', home('s', 1, 2));
    await known.hold(async () => known.forgetThrough(position(2)));
    expect(known.size).toBe(2);
    known.forgetThrough(position(1));
    expect([known.homeOf('a'), known.homeOf('B')?.revision]).toEqual([undefined, 1]);
    expect(known.knownRevision('s', 0)).toBe(1);
    known.forgetThrough(position(2));
    expect(known.size).toBe(0);
    expect(known.newest).toBe(position(2));
  });

  test('of an append’s events only the last has a place, and all are forgotten with it', () => {
    const known = new KnownEvents();
    known.addTogether(['A', 'b', 'c'], home('s', 7, 30));
    expect(['a', 'b', 'c'].map((id) => known.homeOf(id))).toEqual([
      { stream: 's', revision: 5, position: undefined },
      { stream: 's', revision: 6, position: undefined },
      home('s', 7, 30),
    ]);
    expect(known.knownRevision('s', 4)).toBe(7);
    known.forgetThrough(position(29));
    expect(known.size).toBe(3);
    known.forgetThrough(position(30));
    expect(known.size).toBe(0);
  });
});
