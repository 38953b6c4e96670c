import type { Sharing } from '@throughline/read-model';
import type { Workbench } from '@throughline/runtime';

/** Shows which shards of its view this replica of a part writes: as a figure, and as lines of the log. */
export function watchShare(
  part: string,
  { logger, parts }: Pick<Workbench, 'logger' | 'parts'>,
  sharing: Sharing | undefined,
): (shards: readonly number[]) => void {
  // Where nothing is shared there is no figure: none that says that nobody writes.
  if (sharing) parts.owns(part, 0);
  return (shards) => {
    parts.owns(part, shards.length);
    logger.info({ part, shards }, shards.length > 0 ? 'this replica writes these shards' : 'this replica stands by');
  };
}
