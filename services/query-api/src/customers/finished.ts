import type { Position, ProjectionDefinition } from '@throughline/contracts';
import type { CustomerState, ViewReader } from '@throughline/read-model';

/** One view of one customer, finished. */
export interface Finished<V> {
  readonly state: CustomerState<unknown> | undefined;
  readonly view: V;
  /** The view holds every event at or before it. */
  readonly position: Position;
}

/** Reads a customer's fragments, joins and finishes them as of the view's own day. One without fragments gets the view of nothing. */
export async function finish<F, V>(
  reader: ViewReader,
  { fragment, view }: ProjectionDefinition<F, V>,
  id: string,
): Promise<Finished<V>> {
  const { position, day } = await reader.progress();
  const state = await reader.customer<F>(id);
  const parts = state?.fragments.map((part) => part.fragment) ?? [];
  const whole = parts.length === 1 ? parts[0]! : parts.reduce(fragment.merge, fragment.empty());
  return { state, view: view(whole, day ?? 0), position };
}
