/** Whatever is asked, told and deployed, in whatever order. */
import { describe, expect, test } from '@jest/globals';
import { ThroughlineError, type VersionEventType } from '@throughline/contracts';
import * as fc from 'fast-check';
import {
  decideVersions,
  evolveVersions,
  initialVersions,
  keptVersions,
  liveVersion,
  openReplay,
  story,
  VERSION_REFUSALS,
  type HashOfDocuments,
  type VersionCommand,
  type VersionDecision,
  type VersionFact,
  type VersionsState,
} from '../src/index.ts';
import { asked, codeOf, Ledger } from './given.ts';

/** `which` picks among the replays, diffs and ids there are; a little beyond, so that some are unknown. */
const step = fc.record({
  what: fc.constantFrom(
    ...(['start', 'start', 'pause', 'resume', 'cancel', 'request-diff', 'promote', 'promote', 'roll-back'] as const),
    ...([
      'retire',
      'built',
      'built',
      'built',
      'failed',
      'released',
      'made',
      'ready',
      'ready',
      'deploy',
      'again',
    ] as const),
  ),
  which: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(4)),
  documents: fc.constantFrom({}, { score: 'shipped' }, { score: 'a' }, { score: 'b' }),
  sample: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
/** Long ones: most that is asked at random is refused. */
const steps = fc.array(step, { maxLength: 60, size: 'max' });

/** Takes no definitions of this name. */
const choosy: HashOfDocuments = (documents) => {
  if (documents['score'] === 'b') throw new ThroughlineError('invalid-definition', 'score: expected no b.');
  return codeOf(3)(documents);
};
const CODES = [codeOf(1), codeOf(2), codeOf(2, { score: 'a' }), choosy];

/** Those that identity's readers go over with. */
const VIEWS = ['crm', 'cem'];
const together = (views: boolean) => (views ? { views: VIEWS } : {});

function readyOf(ledger: Ledger, projection: string): VersionFact {
  const data = { switch: ledger.state.switching?.id ?? 'unknown', projection };
  return { id: ledger.id(), type: 'views.ready', data };
}

function commandOf(ledger: Ledger, { what, which, documents, sample }: Step): VersionCommand | VersionFact | undefined {
  const { state } = ledger;
  const id = ledger.id();
  const replay = [...state.replays.keys()].at(-1 - which) ?? 'unknown';
  const diff = [...state.diffs.keys()].at(-1 - which) ?? 'unknown';
  switch (what) {
    case 'start':
      return {
        id,
        type: 'start',
        data: { documents, source: 'copy', ...(sample && which > 2 && { sample: { digits: 1 } }), ...asked },
      };
    case 'roll-back':
      return { id, type: 'roll-back', data: { ...asked, ...together(which > 1) } };
    case 'promote':
      return { id, type: 'promote', data: { replay, ...asked, ...together(which > 1) } };
    case 'ready':
      return readyOf(ledger, [...(state.switching?.awaited ?? []), ...VIEWS][which % 2]!);
    case 'retire':
      return {
        id,
        type: 'retire',
        data: { version: keptVersions(state, ledger.hash)[which]?.version ?? 'unknown', ...asked },
      };
    case 'built': {
      const candidate = keptVersions(state, ledger.hash).find(({ role }) => role === 'candidate');
      return ledger.built(which < 4 ? (openReplay(state)?.id ?? replay) : replay, candidate?.version ?? 'x');
    }
    case 'failed':
      return { id, type: 'replay.failed', data: { replay, code: 'internal', detail: '' } };
    case 'released':
      return { id, type: 'diff.released', data: { diff } };
    case 'made':
      return { id, type: 'diff.made', data: { diff, ...(sample ? { failed: 'internal' } : { report: {} as never }) } };
    case 'deploy':
      ledger.hash = CODES[(which + (sample ? 3 : 0)) % CODES.length]!;
      return undefined;
    case 'again':
      return undefined;
    default:
      return { id, type: what, data: { replay, ...asked } };
  }
}

/** Runs the steps, and looks at what stands after each. */
function run(
  all: readonly Step[],
  look: (ledger: Ledger, sent: VersionCommand | VersionFact, decision: VersionDecision) => void,
): Ledger {
  const ledger = new Ledger();
  const sent: (VersionCommand | VersionFact)[] = [];
  for (const each of all) {
    const command = each.what === 'again' ? sent.at(-1 - each.which) : commandOf(ledger, each);
    if (!command) continue;
    // Whoever decides looks at these before the ledger is asked.
    if (command.type === 'start' && ledger.hash === choosy && command.data.documents['score'] === 'b') continue;
    sent.push(command);
    const decision = ledger.do(command);
    if (!decision.ok) expect(VERSION_REFUSALS).toHaveProperty(decision.reason);
    look(ledger, command, decision);
  }
  return ledger;
}

const EVENT_TYPES: readonly VersionEventType[] = [
  'replay.requested',
  'replay.paused',
  'replay.resumed',
  'replay.cancelled',
  'replay.built',
  'replay.failed',
  'diff.requested',
  'diff.released',
  'diff.made',
  'version.promoted',
  'version.rolled-back',
  'version.retired',
  'views.ready',
  'views.switched',
];

const foldOf = ({ recorded }: Ledger): VersionsState => recorded.reduce(evolveVersions, initialVersions());

describe('whatever is asked, in whatever order', () => {
  test('everything comes to pass, and every refusal but those of ids comes up', () => {
    const seen = new Set<string>();
    for (const all of fc.sample(steps, { numRuns: 300, seed: 1 })) {
      const ledger = run(all, (_, __, decision) => void (decision.ok || seen.add(decision.reason)));
      for (const { type } of ledger.recorded) seen.add(type);
    }
    const elsewhere = ['ID_TAKEN', 'NAME_TAKEN'];
    const refusals = Object.keys(VERSION_REFUSALS).filter((reason) => !elsewhere.includes(reason));
    expect([...seen].sort()).toEqual([...EVENT_TYPES, ...refusals].sort());
  });

  test('one version is live, at most one is a candidate and at most one previous, each under a name of its own', () => {
    fc.assert(
      fc.property(steps, (all) => {
        run(all, ({ state, hash }) => {
          const kept = keptVersions(state, hash);
          const count = (role: string) => kept.filter((each) => each.role === role).length;
          expect(count('live')).toBe(1);
          expect(kept[0]!.role).toBe('live');
          expect(count('candidate')).toBeLessThanOrEqual(1);
          expect(count('previous')).toBeLessThanOrEqual(1);
          expect(new Set(kept.map(({ version }) => version)).size).toBe(kept.length);
          for (const { version, documents, refused, does } of kept) {
            if (refused) expect(does).toBe('rest');
            else expect(version.slice(0, 16)).toBe(hash(documents));
          }
          const open = [...state.replays.values()].filter((replay) =>
            ['building', 'paused', 'failed', 'built'].includes(replay.state),
          );
          expect(open.length).toBeLessThanOrEqual(1);
          // What is promoted is kept, and only that.
          const given = [...state.replays.values()].filter((replay) => replay.state === 'promoted').map(({ id }) => id);
          const ofKept = kept.filter(({ role }) => role !== 'candidate').flatMap(({ replay }) => replay?.id ?? []);
          expect(given.sort()).toEqual(ofKept.sort());
        });
      }),
    );
  });

  test('the events, folded anew, give the same state; those that are delivered again change nothing', () => {
    fc.assert(
      fc.property(steps, fc.nat(9), fc.nat(9), (all, from, n) => {
        const ledger = run(all, () => undefined);
        const { state, recorded } = ledger;
        expect(foldOf(ledger)).toEqual(state);
        const again = [...recorded, ...recorded.slice(from, from + n)];
        expect(again.reduce(evolveVersions, initialVersions())).toEqual(state);
      }),
    );
  });

  test('events of any order can be folded', () => {
    const shuffled = steps.chain((all) => {
      const { recorded } = run(all, () => undefined);
      return fc.shuffledSubarray(recorded);
    });
    fc.assert(
      fc.property(shuffled, (events) => {
        const state = events.reduce(evolveVersions, initialVersions());
        expect(keptVersions(state, CODES[0]!)[0]!.role).toBe('live');
        expect(story(state).events).toHaveLength(events.length);
      }),
    );
  });

  test('what was taken, sent again under its id, leads to no events', () => {
    fc.assert(
      fc.property(steps, (all) => {
        run(all, ({ state, hash }, command) => {
          if (state.recorded.has(command.id))
            expect(decideVersions(command, state, hash)).toEqual({ ok: true, events: [] });
        });
      }),
    );
  });

  test('going back after a promotion gives exactly the version from before it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const ledger = run(all, () => undefined);
        const open = openReplay(ledger.state);
        if (open) ledger.of('cancel', open.id);
        for (const projection of VIEWS) ledger.do(readyOf(ledger, projection));
        const { version, documents, refused } = liveVersion(ledger.state, ledger.hash);
        const replay = ledger.start({ score: 'c' });
        ledger.do(ledger.built(replay));
        ledger.promote(replay);
        expect(liveVersion(ledger.state, ledger.hash).documents).toEqual({ score: 'c' });
        if (refused) {
          expect(ledger.rollBack()).toEqual({ ok: false, reason: 'NOT_TAKEN' });
          return;
        }
        expect(ledger.rollBack()).toMatchObject({ ok: true });
        expect(liveVersion(ledger.state, ledger.hash)).toMatchObject({ version, documents });
      }),
    );
  });

  test('what readers were given follows without a gap, and ends with what is live', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { state, hash } = run(all, () => undefined);
        const { reigns } = story(state);
        for (let i = 1; i < reigns.length; i++) expect(reigns[i]!.from).toBe(reigns[i - 1]!.until);
        expect(reigns.at(-1)).toMatchObject({ until: undefined, documents: liveVersion(state, hash).documents });
      }),
    );
  });

  test('a name is never given to a second replay', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const names = run(all, () => undefined).recorded.flatMap((event) =>
          event.type === 'replay.requested' ? [event.data.version] : [],
        );
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});
