/** All services as processes of this machine, kept running as a container engine would. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, freePort, leash } from '../engines/processes.mjs';
import { SERVICES } from './table.mjs';

/** Before a service that ended is started again, milliseconds: doubled each time, and back to the first once it ran a while. */
const BACK_OFF = { first: 200, last: 10_000, forgetAfter: 30_000 };
const LOOK_AGAIN_MS = 50;

/**
 * Starts every service, each on its port if that is free, and starts again what ends by itself.
 *
 * @param {object} options
 * @param {Record<string, string>} options.env What all of them are told: engines, data folder, company.
 * @param {Record<string, number>} [options.replicas] How many of a service; one unless told. The second is called `<service>-2`.
 * @param {(service: string, line: string) => void} [options.onLine] Takes what they print.
 * @param {(service: string, what: string) => void} [options.onEvent] Told when one ends and is started again.
 */
export async function startFleet({ env, replicas = {}, onLine, onEvent }) {
  const services = SERVICES.flatMap(({ name, main, env: own, port }) =>
    Array.from({ length: replicas[name] ?? 1 }, (_, n) =>
      n === 0 ? { name, main, own, port } : { name: `${name}-${n + 1}`, main, own },
    ),
  );
  const ports = new Map();
  for (const { name, port } of services) ports.set(name, await freePort(port));
  const urlOf = (name) => `http://127.0.0.1:${ports.get(name)}`;
  const shared = {
    ...process.env,
    ...env,
    INGESTION_URL: urlOf('ingestion'),
    COMMAND_API_URL: urlOf('command-api'),
    QUERY_API_URL: urlOf('query-api'),
  };
  const start = (service) =>
    new Member(service, { ...shared, ...service.own, PORT: String(ports.get(service.name)) }, { onLine, onEvent });
  const members = new Map(services.map((service) => [service.name, start(service)]));

  return {
    url: urlOf('gateway'),
    urlOf,
    names: [...members.keys()],
    /** Starts one more of a service, under a name of its own. */
    async add(name, as) {
      const { main, env: own } = SERVICES.find((service) => service.name === name);
      ports.set(as, await freePort());
      members.set(as, start({ name: as, main, own }));
    },
    /** Ends a service as a crash would; it is not started again. */
    async remove(name) {
      const member = members.get(name);
      member.letGo();
      members.delete(name);
      await member.kill();
    },
    /** The process of a service as it now runs. */
    pidOf: (name) => members.get(name).pid,
    /** Ends a service as a crash would; it is started again. */
    kill: (name) => members.get(name).kill(),
    /** Resolves once every service says that it is ready. */
    async ready(patienceMs = 60_000) {
      const until = performance.now() + patienceMs;
      for (const name of members.keys()) {
        while (!(await answers(`${urlOf(name)}/health/ready`))) {
          if (performance.now() > until) throw new Error(`${name} was not ready within ${patienceMs / 1000} s.`);
          await sleep(LOOK_AGAIN_MS);
        }
      }
    },
    /** Ends all: what takes in first, the mirror last. */
    async stop() {
      for (const member of members.values()) member.letGo();
      for (const name of ['gateway', 'ingestion']) await members.get(name).stop();
      await Promise.all([...members].map(([name, member]) => (name === 'mirror' ? undefined : member.stop())));
      await members.get('mirror').stop();
    },
  };
}

class Member {
  #service;
  #env;
  #listeners;
  #child;
  #stopped = false;
  #pause = BACK_OFF.first;

  constructor(service, env, listeners) {
    this.#service = service;
    this.#env = env;
    this.#listeners = listeners;
    this.#start();
  }

  get pid() {
    return this.#child?.pid;
  }

  async kill() {
    if (this.pid !== undefined) await end(this.pid, 'SIGKILL');
  }

  /** From here on it may end: a terminal's Ctrl-C reaches it before we do. */
  letGo() {
    this.#stopped = true;
  }

  async stop() {
    this.letGo();
    if (this.pid !== undefined) await end(this.pid);
  }

  #start() {
    const { name, main } = this.#service;
    const [file, ...args] = [...leash(), process.execPath, '--enable-source-maps', main];
    const child = spawn(file, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    const startedAt = performance.now();
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#listeners.onLine?.(name, line));
    }
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      if (this.#stopped) return;
      if (performance.now() - startedAt > BACK_OFF.forgetAfter) this.#pause = BACK_OFF.first;
      this.#listeners.onEvent?.(name, `ended (${signal ?? code}); started again in ${this.#pause} ms`);
      setTimeout(() => !this.#stopped && this.#start(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, BACK_OFF.last);
    });
  }
}

async function answers(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
