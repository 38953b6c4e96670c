/** How far a long command has come: a bar on a terminal, a line now and then elsewhere. On standard error, so that output can be piped. */
import { Presets, SingleBar } from 'cli-progress';
import { count, duration } from './numbers.ts';
import { hasColours } from './style.ts';

export interface Progress {
  /** @param done of `total`. @param units how many rows or touchpoints that is. */
  update(done: number, units: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 5000;
const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** @param unit what is counted, in the plural. */
export function progress(title: string, total: number, unit: string, isQuiet = false): Progress {
  if (isQuiet) return SILENT;
  return process.stderr.isTTY ? bar(title, total, unit) : lines(title, total, unit);
}

function bar(title: string, total: number, unit: string): Progress {
  const preset = hasColours(process.stderr) ? Presets.rect : Presets.legacy;
  const drawn = new SingleBar(
    {
      format: `${title}  {bar} {percentage} %  {units} ${unit}  {rate}/s  {left}`,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      fps: 8,
    },
    preset,
  );
  const pace = new Pace(total);
  drawn.start(Math.max(1, total), 0, { units: '0', rate: '0', left: '' });
  return {
    update: (done, units) => drawn.update(Math.min(done, total), pace.tell(done, units)),
    stop: () => drawn.stop(),
  };
}

function lines(title: string, total: number, unit: string): Progress {
  const pace = new Pace(total);
  let last = performance.now();
  return {
    update(done, units) {
      if (performance.now() - last < LINE_EVERY_MS) return;
      last = performance.now();
      const told = pace.tell(done, units);
      process.stderr.write(
        `${title}  ${Math.floor((100 * done) / Math.max(1, total))} %  ${told.units} ${unit}  ${told.rate}/s  ${told.left}\n`,
      );
    },
    stop: () => undefined,
  };
}

/** Rate and time left, by the whole way so far. */
class Pace {
  readonly #total: number;
  readonly #start = performance.now();

  constructor(total: number) {
    this.#total = total;
  }

  tell(done: number, units: number): { units: string; rate: string; left: string } {
    const seconds = (performance.now() - this.#start) / 1000;
    const left = done > 0 ? ((this.#total - done) / done) * seconds : Infinity;
    return {
      units: count(units),
      rate: count(seconds > 0 ? units / seconds : 0),
      left: Number.isFinite(left) && seconds > 0.5 ? `${duration(left)} left` : '',
    };
  }
}
