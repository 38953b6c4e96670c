import { SettingsError, serve } from '@throughline/runtime';
import { SERVICES } from './routes.ts';
import { startGateway } from './start-gateway.ts';
import type { Upstreams } from './upstreams.ts';

/** Where each service is when its variable says nothing: its own default port on this machine. */
const DEFAULTS: Upstreams = {
  ingestion: 'http://127.0.0.1:4601',
  'command-api': 'http://127.0.0.1:4602',
  'query-api': 'http://127.0.0.1:4603',
};

/** `INGESTION_URL`, `COMMAND_API_URL`, `QUERY_API_URL`. */
function upstreamsOf(env: NodeJS.ProcessEnv): Upstreams {
  const urls = SERVICES.map((service) => {
    const name = `${service.toUpperCase().replace('-', '_')}_URL`;
    const text = env[name] || DEFAULTS[service];
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      throw new SettingsError([[name, 'an address such as http://127.0.0.1:4601']]);
    }
    return [service, url.origin] as const;
  });
  return Object.fromEntries(urls) as Upstreams;
}

const { url } = await serve(4600, async (settings) => startGateway(settings, upstreamsOf(process.env)));
console.log(`Throughline serves at ${url}, its reference at ${url}/docs`);
