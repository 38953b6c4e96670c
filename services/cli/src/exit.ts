/** What scripts can rely on: how every command ends. Documented in docs/guides/cli.md and in `throughline --help`. */
export const EXIT = {
  ok: 0,
  /** Something went wrong that no other code names. */
  failed: 1,
  /** The command, its options or a map cannot be understood. Nothing was sent. */
  usage: 2,
  /** There is no such customer, metric, replay, version or quarantined item. */
  notFound: 3,
  /** No platform answers. Sending again is safe. */
  unreachable: 4,
  /** All was sent; something of it is in quarantine. */
  partlyQuarantined: 5,
  /** Two versions differ by more than was allowed. */
  exceeded: 6,
} as const;

/** Ends a command: a sentence for standard error, the next step, and the exit code. */
export class Stop extends Error {
  readonly exitCode: number;
  readonly nextStep: string | undefined;

  constructor(exitCode: number, message: string, nextStep?: string) {
    super(message);
    this.name = 'Stop';
    this.exitCode = exitCode;
    this.nextStep = nextStep;
  }
}
