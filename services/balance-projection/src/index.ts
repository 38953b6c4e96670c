import { balanceProjection } from '@throughline/balance';
import { startProjection, type Running, type StartProjection } from '@throughline/projection';

/** Runs the balance projection in a thread of its own. */
export function startBalanceProjection(options: StartProjection): Running {
  return startProjection(balanceProjection, new URL('./worker.js', import.meta.url), options);
}
