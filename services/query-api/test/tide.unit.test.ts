import { describe, expect, test } from '@jest/globals';
import type { Position } from '@throughline/contracts';
import type { IdentityReader } from '@throughline/read-model';
import { Tide, type FollowedLog } from '../src/after/tide.ts';
import type { CurrentViews } from '../src/views.ts';

const at = (n: number) => String(n).padStart(4, '0') as Position;

/** Views by how far they have come, along a log that ends at 9; identity has decided on all of it. */
function tideOf(reached: Record<string, number>, lastDecision = 0): Tide {
  const views = Object.fromEntries(
    Object.keys(reached).map((name) => [name, { progress: async () => ({ position: at(reached[name]!) }) }]),
  ) as unknown as CurrentViews;
  const identity = { progress: async () => ({ through: at(9), lastDecision: at(lastDecision) }) };
  return new Tide(views, identity as unknown as IdentityReader, { head: async () => at(9) } as unknown as FollowedLog);
}

const refused = expect.objectContaining({ code: 'not-caught-up' });

describe('Who waits for a position', () => {
  test('waits for the views that the question reads, and for no other', async () => {
    const tide = tideOf({ crm: 5, cem: 5, slow: 1 });
    const slow = expect(tide.reaches(at(4), 100, ['crm', 'slow'])).rejects.toEqual(refused);
    await tide.reaches(at(4), 5_000, ['crm', 'cem']);
    await tide.reaches(at(4), 5_000, []);
    await slow;
  });

  test('who comes while others wait is told by views that those did not ask', async () => {
    const reached = { crm: 5, late: 1 };
    const tide = tideOf(reached);
    const late = tide.reaches(at(4), 5_000, ['late']);
    await tide.reaches(at(4), 5_000, ['crm']);
    reached.late = 4;
    await late;
  });

  test('waits for what identity made of it, too', async () => {
    await expect(tideOf({ crm: 5 }, 6).reaches(at(4), 50, ['crm'])).rejects.toEqual(refused);
    await tideOf({ crm: 6 }, 6).reaches(at(4), 5_000, ['crm']);
  });
});
