import { describe, expect, test } from '@jest/globals';
import { tiesOf } from '../src/kafka/sender.ts';

const PLACE = { topic: 'touchpoints', partition: 3 };
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const ties = (headers: Parameters<typeof tiesOf>[1]['headers']) => tiesOf(PLACE, { offset: 41n, headers });

describe('what ties a message to what led to it', () => {
  test('is in its headers, as clients deliver them: in bytes', () => {
    const headers = { 'x-correlation-id': Buffer.from('call-7'), traceparent: Buffer.from(TRACEPARENT) };
    expect(ties(headers)).toEqual({ correlationId: 'call-7', traceparent: TRACEPARENT });
  });

  test('is the last value where a header has several', () => {
    expect(ties({ 'correlation-id': ['a', Buffer.from('b')] })).toEqual({ correlationId: 'b' });
  });

  test('is its place in the topic where it names nothing, or something too long to be an id', () => {
    const correlationId = 'touchpoints:3:41';
    expect(ties({})).toEqual({ correlationId });
    expect(ties({ 'x-correlation-id': 'a'.repeat(201), traceparent: 'none' })).toEqual({ correlationId });
  });
});
