/** How projections stand, their versions and what is being built, as text: errors first. */
import type { KeptAnswer, ReplayAnswer } from '../api/replays.ts';
import { howToStart, type Standing } from '../replay/replays.ts';
import type { BoardRow } from '../terminal/board.ts';
import { bytes, count, duration } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

const COLUMNS = [
  { title: 'name' },
  { title: 'version' },
  { title: 'state' },
  { title: 'stage' },
  { title: 'done', align: 'right' as const },
  { title: 'rate', align: 'right' as const },
  { title: 'left', align: 'right' as const },
  { title: 'disk', align: 'right' as const },
];

export function standingText(standings: readonly Standing[]): string {
  const replays = standings.flatMap(({ replay }) => replay ?? []);
  const rows = standings.flatMap(({ projection, versions, replay }) =>
    versions.items.map((kept) => row(projection, kept, replay)),
  );
  return [
    ...replays.flatMap(troublesOf).map((line) => `${paint.red(line)}\n`),
    `${table(COLUMNS, rows)}\n`,
    ...replays.map((replay) => `${paint.dim(nextStep(replay))}\n`),
  ].join('');
}

function row(projection: string, { version, role, bytes: size, replay: of }: KeptAnswer, replay: ReplayAnswer | null) {
  const name = paint.bold(projection);
  const disk = size === null ? '' : bytes(size);
  if (role !== 'candidate' || !replay || replay.replay !== of) return [name, version, role, '', '', '', '', disk];
  const { stage, done, of: all, rate, secondsLeft } = replay.progress ?? {};
  const isBuilt = replay.state === 'built';
  return [
    name,
    version,
    stateText(replay),
    isBuilt ? '' : (stage ?? ''),
    isBuilt || done === undefined ? '' : all === undefined ? count(done) : `${percent(done, all)} of ${count(all)}`,
    isBuilt || rate === undefined ? '' : `${count(rate)}/s`,
    isBuilt || secondsLeft === undefined ? '' : duration(secondsLeft),
    disk,
  ];
}

function stateText({ state, progress, sample }: ReplayAnswer): string {
  const isResting = state === 'building' && progress?.resting === true;
  const text = isResting ? 'gives way' : state === 'built' && sample ? `built ${sample.digits}/16` : state;
  if (state === 'failed') return paint.red(text);
  return state === 'built' ? paint.green(text) : paint.yellow(text);
}

/** What went wrong with a replay, a line each. */
export function troublesOf({ projection, errors, parked }: ReplayAnswer): string[] {
  const lines = errors.map(({ detail }) => `${projection}: ${detail}`);
  if (parked > 0) lines.push(`${projection}: ${count(parked)} could not be folded and are parked.`);
  return lines;
}

/** What can be done with a replay as it stands. */
export function nextStep({ projection, state, sample }: ReplayAnswer): string {
  const say = (command: string) => `npx throughline replay ${command} ${projection}`;
  switch (state) {
    case 'building':
      return `${projection} is being built. Watch it: ${say('status')} --watch`;
    case 'paused':
      return `${projection} is paused. Go on: ${say('resume')}`;
    case 'failed':
      return `Once the cause is mended: ${say('resume')}, or give it up: ${say('cancel')}`;
    case 'built':
      return sample
        ? `${projection}’s sample is built. Compare it: ${say('diff')}; it cannot be promoted: ${say('cancel')}`
        : `${projection}’s new version is built. Compare it with the live one: ${say('diff')}`;
    case 'promoted':
      return `${projection}’s new version is live. Go back at once: ${say('rollback')} --reason …`;
    case 'cancelled':
    case 'retired':
      return `That version of ${projection} is gone. Start another: ${howToStart(projection)}`;
    default: {
      const none: never = state;
      return none;
    }
  }
}

/** One line of the live view. */
export function buildingRow({ projection, version, state, progress }: ReplayAnswer): BoardRow {
  const { stage, done, of, rate, secondsLeft } = progress ?? {};
  const how = state === 'paused' ? 'paused' : progress?.resting ? 'gives way to the live version' : '';
  const note = [
    how,
    stage ?? (state === 'building' ? 'begins' : ''),
    done === undefined ? '' : of === undefined ? count(done) : `${count(done)} of ${count(of)}`,
    rate === undefined ? '' : `${count(rate)}/s`,
    secondsLeft === undefined ? '' : `${duration(secondsLeft)} left`,
  ];
  return {
    title: `${projection} ${version}`,
    share: done === undefined || !of ? undefined : Math.min(1, done / of),
    note: note.filter((part) => part !== '').join('  '),
  };
}

const percent = (done: number, of: number) => `${((100 * done) / Math.max(1, of)).toFixed(1)} %`;
