import { hash } from 'node:crypto';

const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
/** Bytes. */
const NAME_ROOM = 3072;
const MAX_NAMESPACES = 64;
const prefixes = new Map<string, Buffer>();
/** A hex digit with its upper bits set to 10: RFC 9562's variant. */
const VARIANT = '89ab89ab89ab89ab';

/** Throughline's own UUID namespaces (RFC 9562, version 5 under the URL namespace). Frozen. */
export const NAMESPACE = {
  touchpoint: uuidv5(URL_NAMESPACE, 'https://throughline.dev/ns/touchpoint'),
  decision: uuidv5(URL_NAMESPACE, 'https://throughline.dev/ns/decision'),
  request: uuidv5(URL_NAMESPACE, 'https://throughline.dev/ns/request'),
  quarantine: uuidv5(URL_NAMESPACE, 'https://throughline.dev/ns/quarantine'),
  control: uuidv5(URL_NAMESPACE, 'https://throughline.dev/ns/control'),
} as const;

/** A name-based UUID by SHA-1 (RFC 9562, section 5.5). */
export function uuidv5(namespace: string, name: string): string {
  const hex = hash('sha1', named(namespace, name), 'hex');
  const variant = VARIANT[Number.parseInt(hex[16]!, 16)]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A touchpoint's id. CloudEvents' identity is source and id together; the length keeps `a` + `bc` from meeting `ab` + `c`. */
export function touchpointId(source: string, sourceId: string): string {
  return uuidv5(NAMESPACE.touchpoint, `${source.length}:${source}${sourceId}`);
}

/** The namespace's bytes, then the name's; the few namespaces there are keep a buffer with room for a name of usual length. */
function named(namespace: string, name: string): Buffer {
  let buffer = prefixes.get(namespace);
  if (!buffer) {
    buffer = Buffer.alloc(16 + NAME_ROOM);
    buffer.write(namespace.replaceAll('-', ''), 'hex');
    if (prefixes.size < MAX_NAMESPACES) prefixes.set(namespace, buffer);
  }
  // UTF-8 takes at most three bytes a UTF-16 unit.
  if (name.length * 3 > NAME_ROOM) return Buffer.concat([buffer.subarray(0, 16), Buffer.from(name, 'utf8')]);
  return buffer.subarray(0, 16 + buffer.write(name, 16, 'utf8'));
}
