import { createHash } from 'node:crypto';

/** Throughline's own UUID namespaces (RFC 9562, version 5 under the URL namespace). Frozen. */
export const NAMESPACE = {
  touchpoint: uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/touchpoint'),
  decision: uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/decision'),
  request: uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/request'),
  quarantine: uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/quarantine'),
  control: uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/control'),
} as const;

/** A name-based UUID by SHA-1 (RFC 9562, section 5.5). */
export function uuidv5(namespace: string, name: string): string {
  const hash = createHash('sha1').update(Buffer.from(namespace.replaceAll('-', ''), 'hex')).update(name, 'utf8').digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A touchpoint's id. CloudEvents' identity is source and id together; the length keeps `a` + `bc` from meeting `ab` + `c`. */
export function touchpointId(source: string, sourceId: string): string {
  return uuidv5(NAMESPACE.touchpoint, `${source.length}:${source}${sourceId}`);
}
