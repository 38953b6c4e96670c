import { startProjection, type Running, type StartProjection } from '@throughline/projection';
import { projectionNamed } from '@throughline/projections';

/** What a running projection is called in logs, health and figures. */
export function partOf(name: string): string {
  return `${name}-projection`;
}

/** Runs a registered projection in threads of its own. */
export function startProjectionNamed(name: string, options: StartProjection): Running {
  return startProjection(projectionNamed(name), new URL('./worker.js', import.meta.url), options);
}
