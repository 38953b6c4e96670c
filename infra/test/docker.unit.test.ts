import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readEngineSettings } from '../../libs/engines/src/settings.ts';
import { readKafkaSettings } from '../../libs/runtime/src/kafka-settings.ts';
import { createMetrics } from '../../libs/runtime/src/metrics/registry.ts';
import { readSettings } from '../../libs/runtime/src/settings.ts';
import { SERVICES } from '../services/table.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
// The YAML reader of the room that has one.
const { parse } = createRequire(join(ROOT, 'libs/mapping/package.json'))('yaml') as {
  parse: (text: string, options: { merge: boolean }) => unknown;
};
const yaml = <T>(file: string) => parse(read(file), { merge: true }) as T;

interface Container {
  readonly image: string;
  readonly build?: { readonly dockerfile: string; readonly args: { readonly SERVICE: string } };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart: string;
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly stop_grace_period: string;
  readonly logging: { readonly options: Readonly<Record<string, string>> };
  readonly healthcheck?: object;
  readonly deploy: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } };
}
const { services: containers, networks } = yaml<{
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}>('docker-compose.yml');
const SHIPPED = ['crm-projection', 'cem-projection', 'balance-projection'];
/** In place of whichever projections of one's own are registered. */
const OWN = { name: 'own-projection', room: 'projection', env: {}, port: 4609 };
const expected = [...SERVICES.filter(({ name, room }) => room !== 'projection' || SHIPPED.includes(name)), OWN];
const ours = expected.map((service) => ({ ...service, container: containers[service.name] as Container }));
const DOCKERFILE = read('infra/docker/Dockerfile');

/** As compose does it, for somebody who has set nothing. */
const asUnset = (value: string | number) => String(value).replaceAll(/\$\{\w+(?::?-([^}]*))?\}/g, '$1');
const environmentOf = ({ environment = {} }: Container) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, asUnset(value)]));

const sources = new Map<string, string>();
for (const rooms of ['libs', 'services']) {
  for (const room of readdirSync(join(ROOT, rooms))) {
    const folder = join(rooms, room, 'src');
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    const code = files.filter((file) => file.endsWith('.ts')).map((file) => read(join(folder, file)));
    sources.set(`${rooms}/${room}`, code.join('\n'));
  }
}

describe('docker-compose.yml', () => {
  test('runs every service of the table at its port, from the one Dockerfile', () => {
    for (const { name, room, env, port, container } of ours) {
      expect([name, container.build]).toMatchObject([
        name,
        { dockerfile: 'infra/docker/Dockerfile', args: { SERVICE: room } },
      ]);
      expect(environmentOf(container)).toMatchObject({ ...env, PORT: String(port) });
      expect(existsSync(join(ROOT, 'services', room, 'src/main.ts'))).toBe(true);
    }
    const built = Object.keys(containers).filter((name) => containers[name]?.build);
    expect(built.sort()).toEqual(expected.map(({ name }) => name).sort());
  });

  test('tells a service nothing that its code does not read, and all that it tells is accepted', () => {
    for (const { name, room, port, container } of ours) {
      const libraries = [...sources].flatMap(([room, code]) => (room.startsWith('libs/') ? [code] : []));
      const code = [...libraries, sources.get(`services/${room}`)].join('\n');
      const env = environmentOf(container);
      const unread = Object.keys(env).filter((variable) => !new RegExp(`\\b${variable}\\b`).test(code));
      expect([name, unread]).toEqual([name, []]);
      expect(readSettings(env).port).toBe(port);
      readEngineSettings(env);
      readKafkaSettings(env);
    }
    expect(readKafkaSettings(environmentOf(containers['ingestion'] as Container))?.brokers).toEqual(['kafka:19092']);
  });

  test('sends requests on to where the services are', () => {
    const env = environmentOf(containers['gateway'] as Container);
    for (const name of ['ingestion', 'command-api', 'query-api']) {
      const port = SERVICES.find((service) => service.name === name)?.port;
      expect(env[`${name.toUpperCase().replace('-', '_')}_URL`]).toBe(`http://${name}:${port}`);
    }
  });

  test('pins every image by its version', () => {
    const bases = [...DOCKERFILE.matchAll(/^ARG NODE=(.+)$/gm)].map(([, image]) => image as string);
    expect(bases).toHaveLength(1);
    expect(DOCKERFILE.match(/^FROM .+/gm)?.every((from) => from.startsWith('FROM ${NODE}'))).toBe(true);
    for (const image of [...bases, ...Object.values(containers).map((container) => container.image)]) {
      expect(image).toMatch(/^[^:]+:v?\d+\.\d+\.\d+(-[\w.-]+)?$/);
    }
  });

  test('publishes on loopback only, and engines without a log-in not at all', () => {
    const published = Object.entries(containers).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([
      ['kafka', '127.0.0.1:9092:9092'],
      ['gateway', '127.0.0.1:4600:4600'],
      ['grafana', '127.0.0.1:3000:3000'],
    ]);
    expect(networks['inside']?.internal).toBe(true);
    for (const [name, container] of Object.entries(containers)) {
      const expected = container.ports ? ['inside', 'outside'] : ['inside'];
      expect([name, container.networks]).toEqual([name, expected]);
    }
  });

  test('has no password or key of its own', () => {
    for (const { environment = {} } of Object.values(containers)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|KEY|SECRET|TOKEN/.test(name)) expect([name, asUnset(value)]).toEqual([name, '']);
      }
    }
    expect(DOCKERFILE).not.toMatch(/PASSWORD|SECRET|TOKEN|THROUGHLINE_KEY/);
  });

  test('bounds every container, keeps it running, and turns its log over', () => {
    for (const [name, container] of Object.entries(containers)) {
      const { limits } = container.deploy.resources;
      expect([name, Object.keys(limits).sort()]).toEqual([name, ['cpus', 'memory', 'pids']]);
      expect([name, container.restart]).toEqual([name, name === 'grafana' ? 'on-failure:3' : 'unless-stopped']);
      expect(container.logging.options).toHaveProperty('max-size');
      expect(container.stop_grace_period).toMatch(/^\d+s$/);
      expect(container.cap_drop).toEqual(['ALL']);
      expect([name, container.healthcheck ?? DOCKERFILE.match(/^HEALTHCHECK /m)]).not.toEqual([name, null]);
    }
    for (const { container } of ours) expect(container.read_only).toBe(true);
  });

  test('lets only the mirror and identity write in the volume that services share', () => {
    for (const { name, container } of ours) {
      if (name === 'gateway') continue;
      const access = name === 'mirror' || name === 'identity' ? 'data:/data' : 'data:/data:ro';
      expect([name, container.volumes]).toEqual([name, [access]]);
    }
  });
});

test('the image runs as somebody who is not root', () => {
  expect(DOCKERFILE.match(/^USER .+/gm)).toEqual(['USER 1000:1000']);
});

describe('what is watched', () => {
  const dashboard = JSON.parse(read('infra/observability/grafana/dashboards/throughline.json')) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };

  test('are all services, at their ports', () => {
    const { scrape_configs } = yaml<{ scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[] }>(
      'infra/observability/prometheus.yml',
    );
    const watched = scrape_configs.flatMap(({ dns_sd_configs }) =>
      dns_sd_configs.flatMap(({ names, port }) => names.map((name) => ({ name, port }))),
    );
    expect(watched).toEqual(expected.map(({ name, port }) => ({ name, port })));
  });

  test('are figures that some service has', async () => {
    const ofEveryProcess = (await createMetrics().getMetricsAsJSON()).map(({ name }) => name);
    const code = [...sources.values()].join('\n');
    const asked = new Set<string>();
    for (const { expr } of dashboard.panels.flatMap(({ targets = [] }) => targets)) {
      for (const [name] of expr.matchAll(/\b(?:throughline|process|nodejs)_\w+/g)) {
        asked.add(name.replace(/(_seconds)_(?:bucket|sum|count)$/, '$1'));
      }
    }
    const unknown = [...asked].filter((name) => !ofEveryProcess.includes(name) && !code.includes(`'${name}'`));
    expect(asked.size).toBeGreaterThan(10);
    expect(unknown).toEqual([]);
  });
});
