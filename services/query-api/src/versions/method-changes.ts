import { story, type VersionsState } from '@throughline/versions';
import type { MethodChange } from '../metrics/metric.dto.ts';

/** When readers were given figures of another version, oldest first. */
export function methodChanges(state: VersionsState): readonly MethodChange[] {
  const changes: MethodChange[] = [];
  let before: string | undefined;
  for (const { version, from, by, author, reason } of story(state).reigns) {
    if (by !== 'shipped') {
      changes.push({
        at: new Date(from!).toISOString(),
        from: before!,
        to: version!,
        by,
        reason: reason!,
        author: author!,
      });
    }
    before = version;
  }
  return changes;
}
