/** A mirror kept by this process while a test runs. */
import { runMirror, type MirrorOptions } from '../../src/index.ts';

export class TestMirror {
  readonly options: Omit<MirrorOptions, 'signal'>;
  readonly doubts: string[] = [];
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  events = 0;
  chain = '';

  constructor(options: Omit<MirrorOptions, 'signal'>) {
    this.options = options;
    this.run();
  }

  run(): void {
    this.#stop = new AbortController();
    this.#running = runMirror({
      ...this.options,
      signal: this.#stop.signal,
      onDoubt: (why) => this.doubts.push(why),
      onProgress: ({ events, chain }) => {
        this.events = events;
        this.chain = chain;
      },
    });
    this.#running.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
