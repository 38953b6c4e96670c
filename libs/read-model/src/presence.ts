/**
 * Who is alive among the replicas that share some work. Advice only: it says who should take what over, never who may write.
 * A replica beats several times a lifetime; whoever stops is forgotten one lifetime after its last beat.
 */
export interface Presence {
  /** For how long one beat says that its replica is alive, milliseconds. */
  readonly lifetime: number;
  /** Says that a replica is alive, and asks who is. @throws ThroughlineError `read-model-unavailable`, `read-model-full` */
  beat(replica: string): Promise<Beat>;
  /** Says that a replica is gone. @throws ThroughlineError `read-model-unavailable` */
  leave(replica: string): Promise<void>;
}

export interface Beat {
  /** The replica itself and all others. */
  readonly living: readonly string[];
  /**
   * Whether the replica has been heard without a pause for a lifetime: who is alive has then been heard too, and who is not
   * among the living is gone. Whatever was forgotten, the replica's own beats were too: a store that lost everything makes nobody
   * look dead.
   */
  readonly steady: boolean;
}
