/** The commands of a guide as written, run as a reader runs them, against what the guide says that they print. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, CHECKOUT, ended, type Ended } from './kit.ts';

export interface Step {
  readonly command: string;
  /** The lines that the guide shows; `…` stands for anything. */
  readonly shows: readonly string[];
  /** What it ends with: 0, unless `echo $?` after it says otherwise. */
  readonly code: number;
}

/** All that stands after a `$` in the guide's consoles. */
export function stepsOf(guide: string): readonly Step[] {
  const text = readFileSync(join(CHECKOUT, 'docs/guides', guide), 'utf8');
  const steps: { command: string; shows: string[]; code: number }[] = [];
  for (const [, block] of text.matchAll(/```console\n([\s\S]*?)```/g)) {
    for (const line of block!.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shows: [], code: 0 });
      else steps.at(-1)!.shows.push(line);
    }
  }
  return steps.flatMap((step, i) => {
    if (step.command === 'echo $?') return [];
    const next = steps[i + 1];
    return [next?.command === 'echo $?' ? { ...step, code: Number(next.shows[0]) } : step];
  });
}

/** Runs a command in a shell, at the top of the checkout. */
export function runStep({ command }: Step, env: NodeJS.ProcessEnv): Promise<Ended> {
  const line = command.replaceAll('npx throughline', `'${process.execPath}' '${BIN}'`);
  return ended(
    spawn('sh', ['-c', line], { cwd: CHECKOUT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

/** Lines of the guide that were not printed, in their order, but for figures, names of versions and customers, and times. */
export function notPrinted({ shows }: Step, { out, err }: Ended): readonly string[] {
  const printed = `${out}\n${err}`.split('\n').map(masked);
  let from = 0;
  return shows.filter((line) => {
    const parts = line.split('…').map(masked);
    if (parts.every((part) => part === '')) return false;
    const at = printed.findIndex((text, i) => i >= from && isMadeOf(text, parts));
    if (at < 0) return true;
    from = at + 1;
    return false;
  });
}

function isMadeOf(text: string, [first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return text === first;
  let at = text.startsWith(first) ? first.length : -1;
  for (const part of rest) {
    if (at < 0) return false;
    const found = text.indexOf(part, at);
    at = found < 0 ? -1 : found + part.length;
  }
  return at >= 0;
}

function masked(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<customer>')
    .replaceAll(/\b[0-9a-f]{16}(\.\d+)?\b/g, '<version>')
    .replaceAll(/[−+]?\d[\d,.:-]*( (TB|GB|MB|kB|B|h|min|s)\b)*/g, '<n>')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
