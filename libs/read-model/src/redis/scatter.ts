import { partOf } from '../parts.ts';

/** Asks each part for what belongs to it, all at once; answers in the order asked. */
export async function scatter<T>(
  ids: readonly string[],
  of: number,
  ask: (part: number, ids: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const places = new Map<number, number[]>();
  ids.forEach((id, i) => {
    const part = partOf(id, of);
    const those = places.get(part);
    if (those) those.push(i);
    else places.set(part, [i]);
  });
  const answers: T[] = [];
  await Promise.all(
    [...places].map(async ([part, those]) => {
      const found = await ask(
        part,
        those.map((i) => ids[i]!),
      );
      those.forEach((i, j) => (answers[i] = found[j]!));
    }),
  );
  return answers;
}
