export interface Fleet {
  /** Where people ask: the gateway. */
  readonly url: string;
  readonly names: readonly string[];
  urlOf(service: string): string;
  /** The process of a service as it now runs; undefined between two. */
  pidOf(service: string): number | undefined;
  /** Ends a service with SIGKILL; it is started again. */
  kill(service: string): Promise<void>;
  /** Starts one more of a service, under a name of its own. */
  add(service: string, as: string): Promise<void>;
  /** Ends a service with SIGKILL for good. */
  remove(service: string): Promise<void>;
  /** Resolves once every service says that it is ready. */
  ready(patienceMs?: number): Promise<void>;
  /** Ends all cleanly. */
  stop(): Promise<void>;
}

/** Starts every service as a process of its own, and starts again what ends by itself. */
export function startFleet(options: {
  /** What all of them are told: engines, data folder, company. */
  readonly env: Readonly<Record<string, string>>;
  /** How many of a service; one unless told. The second is called `<service>-2`. */
  readonly replicas?: Readonly<Record<string, number>>;
  /** Takes what they print. */
  readonly onLine?: (service: string, line: string) => void;
  /** Told when one ends and is started again. */
  readonly onEvent?: (service: string, what: string) => void;
}): Promise<Fleet>;
