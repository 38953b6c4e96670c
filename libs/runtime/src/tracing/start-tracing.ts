import { SettingsError } from '../settings-error.ts';
import type { Tracing } from './tracing.ts';

/**
 * Traces, by OpenTelemetry's standard variables, where `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` names
 * a receiver; undefined otherwise: OpenTelemetry is then not even loaded.
 *
 * @param service The name it has in traces where `OTEL_SERVICE_NAME` gives none.
 * @throws SettingsError for a variable that this cannot do as it says.
 */
export async function startTracing(service: string, env = process.env): Promise<Tracing | undefined> {
  if (!isWanted(env)) return undefined;
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry(service);
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'];

function isWanted(env: NodeJS.ProcessEnv): boolean {
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  const endpoints = ENDPOINTS.filter((name) => env[name]);
  if (isOff || endpoints.length === 0) return false;
  const wrong: [string, string][] = [];
  for (const name of endpoints) {
    if (!/^https?:\/\//.test(env[name]!) || !URL.canParse(env[name]!)) wrong.push([name, 'an http or https address']);
  }
  for (const name of PROTOCOLS) {
    // Whoever takes protobuf over HTTP takes JSON at the same address; over gRPC it is another.
    if (env[name] && !/^http\/(json|protobuf)$/.test(env[name])) wrong.push([name, 'http/json']);
  }
  if (env['OTEL_TRACES_EXPORTER'] && env['OTEL_TRACES_EXPORTER'] !== 'otlp') {
    wrong.push(['OTEL_TRACES_EXPORTER', 'otlp or none']);
  }
  if (wrong.length > 0) throw new SettingsError(wrong);
  return true;
}
