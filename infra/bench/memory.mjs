/** What processes hold in memory: of their own, which is anonymous, and pages of files, which the system takes back when it needs them. */
import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import { percentile } from './measure.mjs';

/** What a process holds now, MB. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  return { own: of('RssAnon'), files: of('RssFile') + of('RssShmem') };
}

/** What processes hold, minute by minute. A heap swings at its collector's leisure: of each minute the middle reading counts. */
export class MemoryWatch {
  #names;
  #pidOf;
  #readings = [];

  /** @param pidOf {(name: string) => number} */
  constructor(names, pidOf) {
    this.#names = names;
    this.#pidOf = pidOf;
  }

  /** Reads what every process holds in this minute of the load; the first is 1. */
  read(minute) {
    for (const name of this.#names) this.#readings.push({ name, minute, ...memoryOf(this.#pidOf(name)) });
  }

  /** What a process held in a minute, MB. */
  of(name, minute) {
    const readings = this.#readings.filter((reading) => reading.name === name && reading.minute === minute);
    const middle = (numbers) => percentile(numbers, 50);
    return { own: middle(readings.map(({ own }) => own)), files: middle(readings.map(({ files }) => files)) };
  }

  /** Of every process: what it held in each of these minutes, MB. */
  during(minutes) {
    const processes = this.#names.map((name) => ({ name, held: minutes.map((minute) => this.of(name, minute)) }));
    return { minutes, processes };
  }
}

/** What `MemoryWatch.during` told, as a table for people. */
export function renderMemory({ minutes, processes }) {
  const table = new Table({
    head: ['memory of its own, and of files, MB', ...minutes.map((minute) => `minute ${minute}`)],
    colAligns: ['left', ...minutes.map(() => 'right')],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, held } of processes) {
    table.push([name, ...held.map(({ own, files }) => `${Math.round(own)} + ${Math.round(files)}`)]);
  }
  return table.toString();
}
