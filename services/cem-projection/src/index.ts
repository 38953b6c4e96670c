import { cemProjection } from '@throughline/cem';
import { startProjection, type Running, type StartProjection } from '@throughline/projection';

/** Runs the cem projection in a thread of its own. */
export function startCemProjection(options: StartProjection): Running {
  return startProjection(cemProjection, new URL('./worker.js', import.meta.url), options);
}
