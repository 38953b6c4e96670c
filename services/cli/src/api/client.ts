/** The platform over HTTP. Every failure becomes a `Stop` that says what to do next. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Stop } from '../exit.ts';
import type { IntakeAnswer } from './answers.ts';

export const DEFAULT_URL = 'http://127.0.0.1:4600';

/** How long a platform that does not answer, or is too busy, is asked again before the command gives up. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
}

/** The platform refused the body as too large: it should be sent in parts. */
export class TooLarge extends Error {}

export class Client {
  readonly #base: string;

  constructor(base: string = process.env['THROUGHLINE_URL'] || DEFAULT_URL) {
    if (!/^https?:\/\//.test(base))
      throw new Stop(EXIT.usage, `THROUGHLINE_URL is not an http address.`, `Write one such as ${DEFAULT_URL}.`);
    this.#base = base.replace(/\/+$/, '');
  }

  get url(): string {
    return this.#base;
  }

  async get<T>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T> {
    return this.#answer<T>(await this.#fetch(this.#address(path, query), {}));
  }

  async post<T>(path: string, body?: object): Promise<T> {
    const said =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return this.#answer<T>(await this.#fetch(this.#address(path), { method: 'POST', ...said }));
  }

  /**
   * Hands touchpoints to intake, again and again while it is too busy or away: every touchpoint has its id, so sending it
   * twice is safe.
   *
   * @throws TooLarge when they should be sent in parts.
   */
  async intake(lines: readonly string[]): Promise<IntakeAnswer> {
    const body = lines.join('\n');
    const deadline = Date.now() + PATIENCE_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const response = await fetch(this.#address('/touchpoints'), {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
      }).catch(isAway);
      const isLate = Date.now() + pause > deadline;
      if (response && (response.status === 429 || response.status === 503) && !isLate) {
        await response.body?.cancel();
        await sleep(retryAfterMs(response) ?? pause);
      } else if (response?.status === 413) {
        await response.body?.cancel();
        throw new TooLarge();
      } else if (response) {
        return this.#answer<IntakeAnswer>(response);
      } else if (isLate) {
        throw this.#unreachable();
      } else {
        await sleep(pause);
      }
    }
  }

  #address(path: string, query: Readonly<Record<string, string | undefined>> = {}): URL {
    const address = new URL(this.#base + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);
    return address;
  }

  async #fetch(address: URL, init: RequestInit): Promise<Response> {
    const response = await fetch(address, init).catch(isAway);
    if (!response) throw this.#unreachable();
    return response;
  }

  async #answer<T>(response: Response): Promise<T> {
    const text = await response.text().catch(() => '');
    if (response.ok) return JSON.parse(text) as T;
    const problem = problemOf(text);
    const sentence =
      [problem.title, problem.detail].filter((part) => part).join(' ') || `The platform answered ${response.status}.`;
    if (response.status === 404) throw new Stop(EXIT.notFound, sentence);
    if (response.status === 429 || response.status === 503)
      throw new Stop(EXIT.unreachable, sentence, 'Try again in a moment.');
    if (response.status === 400 || response.status === 422) throw new Stop(EXIT.usage, sentence);
    throw new Stop(EXIT.failed, sentence);
  }

  #unreachable(): Stop {
    return new Stop(
      EXIT.unreachable,
      `No platform answers at ${this.#base}.`,
      'Start one with `npx throughline start`, or say where it is in THROUGHLINE_URL.',
    );
  }
}

function isAway(error: unknown): undefined {
  if (error instanceof TypeError) return undefined;
  throw error;
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds * 1000, 50), LONGEST_PAUSE_MS) : undefined;
}

function problemOf(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}
