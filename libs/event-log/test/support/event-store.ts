/** An EventStoreDB to test against: the one that EVENTSTORE_URL names, or a development node in a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exited, message, start } from './dist.ts';

export class TestServer {
  readonly dir: string;
  #child: ChildProcess | undefined;
  #port = 0;
  url = '';

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** The server that EVENTSTORE_URL names, when it does; it cannot be killed. */
  static async start(): Promise<TestServer> {
    const server = new TestServer(await mkdtemp(join(tmpdir(), 'throughline-node-')));
    const given = process.env['EVENTSTORE_URL'];
    if (given) server.url = given;
    else await server.restart();
    return server;
  }

  /** A development node, whatever EVENTSTORE_URL says. */
  static async startOwn(): Promise<TestServer> {
    const server = new TestServer(await mkdtemp(join(tmpdir(), 'throughline-node-')));
    await server.restart();
    return server;
  }

  /** Starts it, or starts it again where it was. */
  async restart(): Promise<void> {
    this.#child = start('dev-node.mjs', [join(this.dir, 'log'), String(this.#port)]);
    const { url, port } = await message<{ url: string; port: number }>(this.#child);
    this.url = url;
    this.#port = port;
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child) await exited(this.#child);
    this.#child = undefined;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }
}
