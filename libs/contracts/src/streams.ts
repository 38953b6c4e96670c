/** The names of all streams. Hashes and versions only: nothing personal may stand in a stream's name. */
export const TOUCHPOINT_PREFIX = 'touchpoint-';
export const IDENTITY_REQUESTS = 'identity-requests';
export const CLOCK = 'clock';
export const QUARANTINE_PREFIX = 'quarantine-';
export const PARKED_PREFIX = 'parked-';
export const OWNERSHIP_PREFIX = 'ownership-';

/** The home of a touchpoint: a subject is the 32 hex digits of its home key, or its own id when it is about nobody known. */
export function touchpointStream(subject: string): string {
  return TOUCHPOINT_PREFIX + subject;
}

/** The subject of a touchpoint's stream; undefined for any other stream. */
export function subjectOf(stream: string): string | undefined {
  return stream.startsWith(TOUCHPOINT_PREFIX) ? stream.slice(TOUCHPOINT_PREFIX.length) : undefined;
}

/** What identity is called among the projections: its versions are those of its rules (ADR 15). */
export const IDENTITY = 'identity';

/** The number of the rules of identity that the code brings along. */
export const SHIPPED_RULES = 1;

/** Where the decisions of one version of the identity rules are kept. */
export function identityStream(rulesVersion: number): string {
  return `identity-v${rulesVersion}`;
}

/** Where the replicas that write one version of a projection claim and release one of its parts. */
export function ownershipStream(projection: string, version: string, part: number): string {
  return `${OWNERSHIP_PREFIX}${projection}-${version}-${part}`;
}

export const PROJECTION_PREFIX = 'projection-';

/** Which versions of a projection there are, and which one readers are given: `VersionEvents`. */
export function projectionStream(projection: string): string {
  return PROJECTION_PREFIX + projection;
}

/** What people do about single subjects and customers of a projection: `RefoldRequested`, `ParkedCleared`. */
export function repairsStream(projection: string): string {
  return `repairs-${projection}`;
}
