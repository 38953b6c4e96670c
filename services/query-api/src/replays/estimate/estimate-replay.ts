import { availableParallelism } from 'node:os';
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Position, ProjectionDefinition } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { VersionShelf } from '@throughline/read-model';
import { EVENT_LOG } from '@throughline/runtime';
import type { VersionsState } from '@throughline/versions';
import { Ledgers } from '../../versions/ledgers.ts';
import { Pins } from '../../versions/pins.ts';
import { SHELVES, type Shelves } from '../../views.ts';
import { countTouchpoints } from './count-touchpoints.ts';
import type { BytesEstimate, EstimateAnswer, SecondsEstimate } from './estimate.dto.ts';
import { trialFold } from './trial-fold.ts';

/** What a replay would cost: a dry run. */
export class EstimateReplay extends Query<EstimateAnswer> {
  readonly projection: string;
  /** Undefined: as many as this machine has cores. */
  readonly workers: number | undefined;
  /** Of a sample; undefined for everyone. */
  readonly digits: number | undefined;

  constructor(projection: string, workers: number | undefined, digits: number | undefined) {
    super();
    this.projection = projection;
    this.workers = workers;
    this.digits = digits;
  }
}

/** What is smaller says nothing of how fast large ones are. */
const TELLING = { touchpoints: 10_000, seconds: 0.5 };
const DIGITS = 16;

@QueryHandler(EstimateReplay)
export class EstimateReplayHandler implements IQueryHandler<EstimateReplay> {
  readonly #ledgers: Ledgers;
  readonly #pins: Pins;
  readonly #shelves: Shelves;
  readonly #log: LogReader;

  constructor(
    @Inject(Ledgers) ledgers: Ledgers,
    @Inject(Pins) pins: Pins,
    @Inject(SHELVES) shelves: Shelves,
    @Inject(EVENT_LOG) log: LogReader,
  ) {
    this.#ledgers = ledgers;
    this.#pins = pins;
    this.#shelves = shelves;
    this.#log = log;
  }

  async execute({ projection, workers: told, digits }: EstimateReplay): Promise<EstimateAnswer> {
    const cores = availableParallelism();
    const workers = told ?? cores;
    const shelf = this.#shelves[projection]!;
    const position = await this.#log.head();
    const touchpoints = await countTouchpoints(this.#log, shelf, position);
    const seconds =
      touchpoints.value === 0
        ? NOTHING
        : (byLastBuild(await this.#ledgers.of(projection), touchpoints.value, workers, cores) ??
          (await this.#byTrial(projection, touchpoints.value, workers, position)));
    return {
      projection,
      position,
      workers,
      ...(digits !== undefined && { sample: { digits } }),
      touchpoints,
      seconds: digits === undefined ? seconds : { ...seconds, how: `${seconds.how} ${OF_SAMPLE}` },
      bytes: await bytesLike(shelf, digits),
    };
  }

  async #byTrial(name: string, touchpoints: number, workers: number, upTo: Position): Promise<SecondsEstimate> {
    const definition = await this.#pins.definition(name, await this.#pins.view(name));
    const trial = await trialFold(this.#log, definition as unknown as ProjectionDefinition<unknown, unknown>, upTo);
    return {
      value: rounded((touchpoints * trial.seconds) / trial.touchpoints / workers),
      from: 'trial',
      how:
        `No replay large enough to go by was built yet, so ${trial.touchpoints} touchpoints were read and folded for this estimate, on one thread. ` +
        'What a replay writes comes on top.',
    };
  }
}

const NOTHING: SecondsEstimate = { value: 0, from: 'nothing-to-read', how: 'The log has no touchpoints.' };
const OF_SAMPLE = 'A sample takes less: all is read, but less is folded.';

/** Undefined where none was built that says anything. */
function byLastBuild(
  { replays }: VersionsState,
  touchpoints: number,
  workers: number,
  cores: number,
): SecondsEstimate | undefined {
  const last = [...replays.values()].findLast(({ built, sample }) => {
    if (!built || sample) return false;
    return built.tally!.touchpoints >= TELLING.touchpoints && built.seconds >= TELLING.seconds;
  });
  if (!last) return undefined;
  const { tally, seconds } = last.built!;
  const rate = tally!.touchpoints / seconds;
  const then = last.workers ?? cores;
  const other = then === workers ? '' : `, reckoned from ${then} to ${workers} threads`;
  return {
    value: rounded((touchpoints / rate) * (then / workers)),
    from: 'last-build',
    how: `The last replay that was built took ${Math.round(rate)} touchpoints a second${other}.`,
  };
}

async function bytesLike(shelf: VersionShelf, digits: number | undefined): Promise<BytesEstimate> {
  const live = await shelf.current();
  const bytes = live === undefined ? undefined : await shelf.bytes(live);
  if (bytes === undefined)
    return { value: null, from: 'unknown', how: 'Nobody can say what the live version takes up.' };
  if (digits === undefined) return { value: bytes, from: 'live-version', how: 'As much as the live version takes up.' };
  return {
    value: Math.ceil((bytes * digits) / DIGITS),
    from: 'live-version',
    how: `${digits} of ${DIGITS} parts of what the live version takes up.`,
  };
}

function rounded(seconds: number): number {
  return Number(seconds.toPrecision(2));
}
