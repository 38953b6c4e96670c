/** The command line and the environment of the development node, read once. */
import { parseArgs } from 'node:util';
import { ThroughlineError } from '@throughline/contracts';
import type { DevNodeOptions } from './dev-node.ts';

const DEFAULT_PORT = '2113';

/** @throws ThroughlineError `invalid-request`, naming the setting. */
export function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Required<DevNodeOptions> {
  const { port, data, host } = optionsOf(args);
  const dir = data ?? env['DEV_NODE_DATA'];
  if (!dir) throw invalid('Say where its log is: --data <folder>, or DEV_NODE_DATA.');
  const portText = port ?? env['DEV_NODE_PORT'] ?? DEFAULT_PORT;
  if (!/^\d{1,5}$/.test(portText) || Number(portText) > 65_535)
    throw invalid('--port, or DEV_NODE_PORT, is a number from 0 (any free one) to 65535.');
  return { dir, port: Number(portText), host: host ?? env['DEV_NODE_HOST'] ?? '127.0.0.1' };
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, data: { type: 'string' }, host: { type: 'string' } },
    }).values;
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function invalid(detail: string): ThroughlineError {
  return new ThroughlineError('invalid-request', detail);
}
