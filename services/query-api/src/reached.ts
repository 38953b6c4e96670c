import { earlier, type Position } from '@throughline/contracts';
import { VIEW_NAMES, type Views } from './views.ts';

/** What all views hold. Asked for before they are read, it is true of what is read then. */
export async function reached(views: Views): Promise<Position> {
  const all = await Promise.all(VIEW_NAMES.map((name) => views[name].progress()));
  return all.map((progress) => progress.position).reduce(earlier);
}
