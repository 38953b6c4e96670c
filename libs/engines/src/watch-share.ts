import type { Workbench } from '@throughline/runtime';

/** Shows which shards of its view this replica of a part writes: as a figure, and as lines of the log. */
export function watchShare(
  part: string,
  { logger, parts }: Pick<Workbench, 'logger' | 'parts'>,
): (shards: readonly number[]) => void {
  parts.owns(part, 0);
  return (shards) => {
    parts.owns(part, shards.length);
    logger.info({ part, shards }, shards.length > 0 ? 'this replica writes these shards' : 'this replica stands by');
  };
}
