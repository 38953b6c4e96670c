import { SettingsError } from './settings-error.ts';

/** An environment being read: what is wrong is collected, so that a person is told all of it at once. An empty variable counts as unset. */
export class Variables {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #wrong: [name: string, rule: string][] = [];

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  get anyWrong(): boolean {
    return this.#wrong.length > 0;
  }

  /** The variable's text; undefined when it is unset. */
  text(name: string): string | undefined {
    return this.#env[name] || undefined;
  }

  /** What `parse` makes of the variable, the fallback when it is unset. Undefined of `parse` says that it is wrong. */
  read<T>(name: string, fallback: T, rule: string, parse: (text: string) => T | undefined): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = parse(text);
    if (value === undefined) this.refuse(name, rule);
    return value ?? fallback;
  }

  /** @param rule What the variable must be; completes "must be …". */
  refuse(name: string, rule: string): void {
    this.#wrong.push([name, rule]);
  }

  isRefused(name: string): boolean {
    return this.#wrong.some(([refused]) => refused === name);
  }

  /** @throws SettingsError naming every wrong variable. */
  end(): void {
    if (this.anyWrong) throw new SettingsError(this.#wrong);
  }
}
