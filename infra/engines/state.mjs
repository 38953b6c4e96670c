/** What `up` remembers: the port of each part, and the process that serves there. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE } from './places.mjs';
import { startOf } from './processes.mjs';

const FILE = join(STATE, 'state.json');

/** @returns {Record<string, { port: number, address: string, pid: number, started: string }>} */
export function remembered() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

export function remember(name, { port, address, pid }) {
  mkdirSync(STATE, { recursive: true });
  const state = { ...remembered(), [name]: { port, address, pid, started: startOf(pid) } };
  writeFileSync(`${FILE}.${process.pid}`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${FILE}.${process.pid}`, FILE);
}

/** Whether the process that was remembered still lives; another one with its number does not count. */
export function isRunning({ pid, started } = {}) {
  return pid !== undefined && startOf(pid) === started;
}
