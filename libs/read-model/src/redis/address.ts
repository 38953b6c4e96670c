/** Where a Redis is, out of one text; the text holds a password and is never repeated in an error. */

/** A Redis server, or some nodes of a cluster, and how to be let in. */
export interface RedisAddress {
  readonly cluster: boolean;
  readonly tls: boolean;
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Always 0 in a cluster. */
  readonly db: number;
}

/** What `parseRedisUrl` takes, to follow "must be". */
export const REDIS_URL_RULE =
  'redis://[user:password@]host[:port][/db], rediss:// for TLS, or redis+cluster:// (rediss+cluster://) with one or more host:port between commas';

const FORM =
  /^(?<scheme>rediss?)(?<cluster>\+cluster)?:\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<nodes>[^@/?#]+)(?:\/(?<db>\d{0,4}))?$/;
const NODE = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\],\s]+)(?::(?<port>\d{1,5}))?$/;
const PORT = 6379;

/** Undefined when the text is not of the form that `REDIS_URL_RULE` says. User and password are percent-decoded. */
export function parseRedisUrl(text: string): RedisAddress | undefined {
  const form = FORM.exec(text.trim())?.groups;
  if (!form) return undefined;
  const cluster = form['cluster'] !== undefined;
  const nodes = form['nodes']!.split(',').map(nodeOf);
  const db = Number(form['db'] || 0);
  const [username, password] = [decoded(form['username']), decoded(form['password'])];
  if (username === undefined || password === undefined) return undefined;
  if (cluster ? db !== 0 : nodes.length !== 1) return undefined;
  if (!nodes.every((node) => node !== undefined)) return undefined;
  return {
    cluster,
    tls: form['scheme'] === 'rediss',
    nodes,
    username: username || undefined,
    password: password || undefined,
    db,
  };
}

function nodeOf(text: string): RedisAddress['nodes'][number] | undefined {
  const node = NODE.exec(text)?.groups;
  if (!node) return undefined;
  const port = Number(node['port'] ?? PORT);
  return port > 0 && port < 65_536 ? { host: node['host']!.replace(/^\[|\]$/g, ''), port } : undefined;
}

/** Empty for none, undefined for what is no percent-encoding. */
function decoded(text: string | undefined): string | undefined {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return undefined;
  }
}
