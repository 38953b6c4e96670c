/** A real Apache Kafka broker, one node of KRaft, from Maven Central's artifacts. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaAnswers } from './ask.mjs';
import { CACHE } from './places.mjs';
import { end, freePort, hasCommand, installHint, launch } from './processes.mjs';

const VERSION = '3.9.1';
const HOME = join(CACHE, `kafka-${VERSION}`);
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.throughline</groupId>
  <artifactId>engines</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** One line that says what is missing and which command installs it; undefined when nothing is. */
export function missingKafka() {
  if (!hasCommand('java')) return `Kafka needs Java 17: ${installHint('openjdk-17-jre-headless', 'openjdk@17')}`;
  if (!existsSync(HOME)) return 'Kafka is not installed: node infra/engines/install.mjs --only kafka';
  return undefined;
}

/** Brings Kafka's artifacts into the cache, whole or not at all. */
export function installKafka() {
  if (existsSync(HOME)) return;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'installing-'));
  try {
    writeFileSync(join(work, 'pom.xml'), POM);
    const libs = join(work, 'libs');
    const args = ['-q', '-B', COPY, `-DoutputDirectory=${libs}`, '-DincludeScope=runtime'];
    const { status } = spawnSync('mvn', args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error('Maven could not fetch Kafka’s artifacts.');
    renameSync(libs, HOME);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Starts a broker on loopback, on what `dir` holds from before. Topics are made when first written to.
 *
 * @param {{ dir: string, port?: number, outlives?: boolean, onPid?: (pid: number) => void, settings?: Record<string, string | number> }} where
 *   `settings` are added to the broker's configuration, or replace what it says.
 */
export async function startKafka({ dir, port: wanted, outlives = false, onPid, settings = {} }) {
  const missing = missingKafka();
  if (missing) throw new Error(missing);
  const port = wanted ?? (await freePort());
  const data = join(dir, 'data');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'server.properties');
  writeFileSync(file, properties({ ...configuration(port, await freePort(), data), ...settings }));
  if (!existsSync(join(data, 'meta.properties'))) format(file);
  const pid = await launch({
    name: 'Kafka',
    command: [...java('-Xms128m', '-Xmx512m'), 'kafka.Kafka', file],
    log: join(dir, 'kafka.log'),
    answers: () => kafkaAnswers(port),
    outlives,
    onPid,
  });
  return {
    address: `127.0.0.1:${port}`,
    port,
    pid,
    stop: () => end(pid),
    kill: () => end(pid, 'SIGKILL'),
  };
}

function configuration(port, controllerPort, data) {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'log.dirs': data,
    'num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A killed broker is let in again once its last session has run out.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  };
}

function properties(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function format(file) {
  // One that began with a hyphen would be taken for an option.
  const id = randomBytes(16).toString('base64url').replaceAll('-', '_');
  const [command, ...args] = [...java('-Xmx128m'), 'kafka.tools.StorageTool', 'format', '-t', id, '-c', file];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Kafka's storage could not be formatted.\n${stdout}${stderr}`);
}

/** Quick to start and sparing with two cores, which is what a broker for development is for. */
function java(...memory) {
  const logging = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
  return ['java', ...memory, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...logging, '-cp', join(HOME, '*')];
}
