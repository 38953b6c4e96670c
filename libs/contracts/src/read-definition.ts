/** Reading a definition from outside, a parsed JSON file, place by place: each refuses what is not there as expected, naming the place. */
import { ThroughlineError } from './errors.ts';

type Unknown = Readonly<Record<string, unknown>>;

/** @throws ThroughlineError `invalid-definition` */
export function refuse(at: string, expected: string): never {
  throw new ThroughlineError('invalid-definition', `${at}: expected ${expected}.`);
}

export function object(value: unknown, at: string): Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Unknown)
    : refuse(at, 'an object');
}

export function list(value: unknown, at: string): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : refuse(at, 'a list of at least one');
}

export function text(value: unknown, at: string): string {
  return typeof value === 'string' && value !== '' ? value : refuse(at, 'a text');
}

export function number(value: unknown, at: string, min: number, max: number): number {
  return typeof value === 'number' && value >= min && value <= max
    ? value
    : refuse(at, `a number from ${min} to ${max}`);
}

export function oneOf(value: unknown, at: string, options: readonly string[]): void {
  if (!options.includes(value as string)) refuse(at, `one of ${options.join(', ')}`);
}
