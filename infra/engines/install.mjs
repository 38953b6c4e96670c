/**
 * Installs what the engines need and this machine lacks: Redis, Java and Maven from Debian's packages, Kafka from Maven Central.
 * For CI and fresh machines; as another user than root it says what to run. `--only kafka,redis` as with `up`.
 */
import { spawnSync } from 'node:child_process';
import { installKafka, missingKafka } from './kafka.mjs';
import { chosen } from './parts.mjs';
import { hasCommand, installHint } from './processes.mjs';
import { missingRedis } from './redis.mjs';

const started = performance.now();
const names = chosen(process.argv.slice(2));
const wantsKafka = names.includes('kafka') && missingKafka() !== undefined;
const packages = [
  ...(names.includes('redis') && missingRedis() ? ['redis-server'] : []),
  ...(wantsKafka && !hasCommand('java') ? ['openjdk-17-jre-headless'] : []),
  ...(wantsKafka && !hasCommand('mvn') ? ['maven'] : []),
];

if (packages.length > 0) {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !hasCommand('apt-get')) {
    console.error(`First: ${installHint(packages.join(' '), 'redis maven openjdk@17')}`);
    process.exit(1);
  }
  console.log(`Installing ${packages.join(', ')}…`);
  run('apt-get', 'update', '-qq');
  run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages);
  // The package starts a server for the whole machine, which nobody here asked for.
  if (packages.includes('redis-server')) spawnSync('service', ['redis-server', 'stop'], { stdio: 'ignore' });
}
if (wantsKafka) {
  console.log('Fetching Kafka’s artifacts…');
  installKafka();
}
console.log(`The engines are installed (${((performance.now() - started) / 1000).toFixed(1)} s).`);

function run(command, ...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0) return;
  console.error(`Failed: ${command} ${args.join(' ')}`);
  process.exit(1);
}
