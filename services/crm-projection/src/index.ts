import { crmProjection } from '@throughline/crm';
import { startProjection, type Running, type StartProjection } from '@throughline/projection';

/** Runs the crm projection in a thread of its own. */
export function startCrmProjection(options: StartProjection): Running {
  return startProjection(crmProjection, new URL('./worker.js', import.meta.url), options);
}
