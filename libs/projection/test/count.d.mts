import type { ProjectionDefinition } from '@throughline/contracts';

interface Count {
  readonly n: number;
  readonly sum: number;
}

/** A projection that counts, for processes of their own. */
export const count: ProjectionDefinition<Count, Count>;
