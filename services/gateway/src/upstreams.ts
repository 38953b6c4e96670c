import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from '@throughline/runtime';
import { SERVICES, type ServiceName } from './routes.ts';

/** Where each service answers, without a path: `http://127.0.0.1:4601`. */
export type Upstreams = Readonly<Record<ServiceName, string>>;

const ASK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;
const UNKNOWN = { ready: false, detail: 'not asked yet' };

/** Asks every service again and again whether it is ready, until the signal aborts, and says so as the gateway's own health. */
export function watchUpstreams(upstreams: Upstreams, health: Health, signal: AbortSignal): void {
  for (const service of SERVICES) {
    let last: { ready: boolean; detail?: string } = UNKNOWN;
    health.register(service, () => last);
    void (async () => {
      while (!signal.aborted) {
        last = await readiness(upstreams[service]);
        await sleep(ASK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    })();
  }
}

async function readiness(url: string): Promise<{ ready: boolean; detail?: string }> {
  try {
    const answer = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await answer.arrayBuffer();
    return answer.ok ? { ready: true } : { ready: false, detail: 'it says that it is not ready' };
  } catch {
    return { ready: false, detail: 'it does not answer' };
  }
}
