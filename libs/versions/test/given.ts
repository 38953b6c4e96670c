/** What the tests of the ledger share: a projection whose log and code are made up. */
import { createHash } from 'node:crypto';
import type { Documents, Position, ReplayBuilt, VersionEvent } from '@throughline/contracts';
import {
  decideVersions,
  evolveVersions,
  initialVersions,
  type HashOfDocuments,
  type Recorded,
  type VersionCommand,
  type VersionDecision,
  type VersionFact,
  type VersionsState,
} from '../src/index.ts';

/** As code of a version hashes its documents; `shipped` are those of no name. */
export function codeOf(version: number, shipped: Documents = { score: 'shipped' }): HashOfDocuments {
  return (documents) =>
    createHash('sha256')
      .update(JSON.stringify([version, { ...shipped, ...documents }]))
      .digest('hex')
      .slice(0, 16);
}

export const asked = { author: 'ada', reason: 'Waiting is to weigh more.' };

/** The control stream of one projection, and whoever decides on it. */
export class Ledger {
  readonly recorded: Recorded[] = [];
  state: VersionsState = initialVersions();
  #n = 0;
  hash: HashOfDocuments;

  constructor(hash: HashOfDocuments = codeOf(1)) {
    this.hash = hash;
  }

  id(): string {
    return `id-${++this.#n}`;
  }

  /** Decides, and records what was decided. */
  do(command: VersionCommand | VersionFact): VersionDecision {
    const decision = decideVersions(command, this.state, this.hash);
    if (decision.ok) for (const event of decision.events) this.record(event);
    return decision;
  }

  record(event: VersionEvent): void {
    const n = this.recorded.length + 1;
    const recorded = { ...event, recordedAt: 1000 * n, position: String(n).padStart(16, '0') as Position } as Recorded;
    this.recorded.push(recorded);
    this.state = evolveVersions(this.state, recorded);
  }

  /** The id of the replay. */
  start(documents: Documents = { score: 'other' }, more: { sample?: { digits: number } } = {}): string {
    const id = this.id();
    expectOk(this.do({ id, type: 'start', data: { documents, source: 'copy', ...asked, ...more } }));
    return id;
  }

  built(replay: string, version = this.state.replays.get(replay)!.version): VersionFact {
    const data: ReplayBuilt = {
      replay,
      version,
      through: '0000000000000009' as Position,
      tally: { touchpoints: 0, ids: '0'.repeat(32) },
      customers: 0,
      seconds: 1,
    };
    return { id: this.id(), type: 'replay.built', data };
  }

  /** A replay that has been built. */
  candidate(documents?: Documents): string {
    const replay = this.start(documents);
    expectOk(this.do(this.built(replay)));
    return replay;
  }

  of(type: 'pause' | 'resume' | 'cancel' | 'request-diff' | 'promote', replay: string): VersionDecision {
    return this.do({ id: this.id(), type, data: { replay, ...asked } });
  }

  promote(replay: string): void {
    expectOk(this.of('promote', replay));
  }

  rollBack(): VersionDecision {
    return this.do({ id: this.id(), type: 'roll-back', data: asked });
  }

  retire(version: string): VersionDecision {
    return this.do({ id: this.id(), type: 'retire', data: { version, ...asked } });
  }

  stateOf(replay: string): string {
    return this.state.replays.get(replay)!.state;
  }
}

function expectOk(decision: VersionDecision): void {
  if (!decision.ok) throw new Error(decision.reason);
}
