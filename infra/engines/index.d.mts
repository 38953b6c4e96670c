export interface Engine {
  /** What a client is told: `host:port` of Kafka, a URL of the others. */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it cleanly, or with SIGKILL when it takes too long. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL; start it again with the same folder and port. */
  kill(): Promise<void>;
}

export interface Where {
  /** Holds its data and its log; what is there from before is served again. */
  readonly dir: string;
  /** A free one unless told. */
  readonly port?: number;
  /** Whether it goes on when this process ends; no unless told. */
  readonly outlives?: boolean;
}

interface Configured extends Where {
  /** Added to the server's own configuration. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Each starts a server on loopback and resolves once it answers. */
export function startKafka(where: Configured): Promise<Engine>;
export function startRedis(where: Configured): Promise<Engine>;
export function startDevNode(where: Where): Promise<Engine>;

/** Each says in one line what is missing and which command installs it; undefined when nothing is. */
export function missingKafka(): string | undefined;
export function missingRedis(): string | undefined;
export function missingDevNode(): string | undefined;

/** A port of loopback that nobody listens on: the wanted one if it is free. */
export function freePort(wanted?: number): Promise<number>;

/**
 * Whether a suite can have its server. Says loudly what is missing when it cannot.
 *
 * @throws Error instead, with THROUGHLINE_ENGINES=required in the environment.
 */
export function canTest(suite: string, missing: string | undefined): boolean;
