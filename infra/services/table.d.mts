export declare const SERVICES: readonly {
  readonly name: string;
  /** The folder of `services` that its code is in. */
  readonly room: string;
  /** What it is told beside what all are told. */
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly main: string;
}[];
