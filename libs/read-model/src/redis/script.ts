import { createHash } from 'node:crypto';

/** A Lua script and the name under which Redis keeps it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function script(...parts: readonly string[]): Script {
  const text = parts.join('\n');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
