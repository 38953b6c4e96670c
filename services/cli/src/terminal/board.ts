/** How far several things have come that are worked on elsewhere: a bar each on a terminal, a line each now and then elsewhere. On standard error. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { hasColours } from './style.ts';

export interface BoardRow {
  readonly title: string;
  /** From 0 to 1; undefined while it cannot be told. */
  readonly share: number | undefined;
  /** What else there is to say. */
  readonly note: string;
}

export interface Board {
  /** Replaces what is shown. */
  show(rows: readonly BoardRow[]): void;
  /** A line that stays, above all else; said once. */
  say(line: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5000;
const STEPS = 1000;

export function board(): Board {
  return process.stderr.isTTY ? bars() : lines();
}

function bars(): Board {
  const drawn = new MultiBar(
    {
      format: '{title}  {bar} {percentage} %  {note}',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      // It would swallow the first Ctrl-C.
      gracefulExit: false,
      fps: 8,
    },
    hasColours(process.stderr) ? Presets.rect : Presets.legacy,
  );
  const byTitle = new Map<string, SingleBar>();
  const said = new Set<string>();
  const stop = () => {
    process.off('SIGINT', interrupted);
    drawn.stop();
  };
  const interrupted = () => {
    stop();
    process.kill(process.pid, 'SIGINT');
  };
  process.once('SIGINT', interrupted);
  return {
    show(rows) {
      for (const { title, share = 0, note } of rows) {
        const bar = byTitle.get(title) ?? drawn.create(STEPS, 0, { title, note });
        byTitle.set(title, bar);
        bar.update(Math.round(share * STEPS), { title, note });
      }
    },
    say(line) {
      if (said.has(line)) return;
      said.add(line);
      drawn.log(`${line}\n`);
    },
    stop,
  };
}

function lines(): Board {
  const said = new Set<string>();
  let last = -Infinity;
  return {
    show(rows) {
      if (performance.now() - last < LINE_EVERY_MS) return;
      last = performance.now();
      for (const { title, share, note } of rows) {
        const percent = share === undefined ? '' : `${Math.floor(100 * share)} %  `;
        process.stderr.write(`${title}  ${percent}${note}\n`);
      }
    },
    say(line) {
      if (said.has(line)) return;
      said.add(line);
      process.stderr.write(`${line}\n`);
    },
    stop: () => undefined,
  };
}
