import { IDENTITY } from '@throughline/contracts';
import type { LogReader, LogWriter } from '@throughline/event-log';
import {
  identitiesOf,
  identityName,
  keptVersions,
  type HashOfDocuments,
  type VersionsState,
} from '@throughline/versions';
import type { Given } from '../orders.ts';
import { keptAlong, type Along } from './along-identities.ts';
import { VersionStream } from './version-stream.ts';

/** What is to be in the store of a projection, by its own control stream and by identity's. */
export class KeptVersions {
  readonly projection: string;
  readonly own: VersionStream;
  readonly identity: VersionStream;
  readonly #hash: HashOfDocuments;

  constructor(log: Pick<LogReader, 'readStream'>, writer: LogWriter, projection: string, hash: HashOfDocuments) {
    this.projection = projection;
    this.own = new VersionStream(log, writer, { projection, hash });
    this.identity = new VersionStream(log, writer, { projection: IDENTITY, hash: identityName });
    this.#hash = hash;
  }

  /**
   * As the control streams say now, the version that readers are given first.
   *
   * @throws ThroughlineError `invalid-definition` when the code that runs does not take the definitions that readers are given.
   */
  async catchUp(): Promise<readonly Along[]> {
    const own: VersionsState = await this.own.catchUp();
    const identity: VersionsState = await this.identity.catchUp();
    const kept = keptVersions(own, this.#hash);
    if (kept[0]!.refused) throw kept[0]!.refused;
    return keptAlong(kept, identitiesOf(identity));
  }

  /** Of the last events that were read. */
  get revisions(): Readonly<Record<Given, number>> {
    return { definitions: this.own.revision, identity: this.identity.revision };
  }
}
