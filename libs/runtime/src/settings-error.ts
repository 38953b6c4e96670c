/** Says which variables are wrong and what each must be; never what they were. */
export class SettingsError extends Error {
  readonly variables: readonly string[];

  constructor(wrong: readonly (readonly [name: string, rule: string])[]) {
    super(`The settings are wrong. ${wrong.map(([name, rule]) => `${name} must be ${rule}.`).join(' ')}`);
    this.name = 'SettingsError';
    this.variables = wrong.map(([name]) => name);
  }
}
