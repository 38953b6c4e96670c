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
  const steps: { command: string; shows: string[]; code: number }[] = [];
  for (const [, block] of textOf(guide).matchAll(/```console\n([\s\S]*?)```/g)) {
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

/** What the guide has its reader write: the file, and what is in it. Where the file is there already, it is to be added. */
export function filesOf(guide: string): readonly { readonly file: string; readonly text: string }[] {
  const blocks = textOf(guide).matchAll(/`([\w./-]+)`:\n\n```(?:ts|json)\n([\s\S]*?)```/g);
  return [...blocks].map(([, file, text]) => ({ file: file!, text: text! }));
}

/** Runs a command in a shell, at the top of a checkout. */
export function runStep({ command }: Step, env: NodeJS.ProcessEnv, checkout = CHECKOUT): Promise<Ended> {
  const bin = join(checkout, BIN);
  const line = command
    .replaceAll('npx throughline', `'${process.execPath}' '${bin}'`)
    .replaceAll('http://127.0.0.1:4600', '"$THROUGHLINE_URL"');
  return ended(
    spawn('sh', ['-c', line], { cwd: checkout, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

/**
 * Lines of the guide that were not printed, in their order, but for names of versions and customers; and for figures and times, unless those
 * are `exact`.
 */
export function notPrinted({ shows }: Step, { out, err }: Ended, figures?: 'exact'): readonly string[] {
  const masked = figures === 'exact' ? named : unfigured;
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

function unfigured(text: string): string {
  return named(text)
    .replaceAll(/[−+]?\d[\d,.:-]*( (TB|GB|MB|kB|B|h|min|s)\b)*/g, '<n>')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function named(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<customer>')
    .replaceAll(/\b[0-9a-f]{16}(\.\d+)?\b/g, '<version>')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function textOf(guide: string): string {
  return readFileSync(join(CHECKOUT, 'docs/guides', guide), 'utf8');
}
