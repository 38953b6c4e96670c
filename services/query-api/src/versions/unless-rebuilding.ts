import { problemCode } from '@throughline/contracts';

/** What a view answers; undefined while it is built from the log and answers nothing yet. */
export async function unlessRebuilding<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (problemCode(error) === 'view-rebuilding') return undefined;
    throw error;
  }
}
