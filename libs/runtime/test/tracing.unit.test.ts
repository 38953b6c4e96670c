import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isLoggable, isTraceparent, startTracing } from '../src/index.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  test.each([
    ['of this version', `00-${TRACE}-${SPAN}-01`, true],
    ['that is not sampled', `00-${TRACE}-${SPAN}-00`, true],
    ['of a later version, with more to say', `01-${TRACE}-${SPAN}-01-more`, true],
    ['of the version that is none', `ff-${TRACE}-${SPAN}-01`, false],
    ['without a trace', `00-${'0'.repeat(32)}-${SPAN}-01`, false],
    ['without a span', `00-${TRACE}-${'0'.repeat(16)}-01`, false],
    ['in capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`, false],
    ['of some other kind', 17, false],
  ])('%s is told from one that is none', (_, text, is) => {
    expect(isTraceparent(text)).toBe(is);
  });

  test('no text whatever makes it fail', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof isTraceparent(text) === 'boolean'));
  });
});

test.each(['ada@example.com', 'Ada Lovelace', '+44 20 7946', 'a'.repeat(101), '', undefined])(
  'a correlation id such as %j is not written into a log',
  (id) => {
    expect(isLoggable(id)).toBe(false);
  },
);

describe('what the standard variables say', () => {
  const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

  test.each([
    ['there is no endpoint', {}],
    ['the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }],
    ['the exporter is none', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
  ])('nothing is traced where %s', async (_, env) => {
    expect(await startTracing('ingestion', env)).toBeUndefined();
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'grpc://secret@collector:4317'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
  ])('a wrong %s is refused by name, and not shown', async (name, value) => {
    const refused = startTracing('ingestion', { ...ENDPOINT, [name]: value });
    await expect(refused).rejects.toMatchObject({ name: 'SettingsError', variables: [name] });
    await expect(refused).rejects.not.toThrow(value);
  });
});
