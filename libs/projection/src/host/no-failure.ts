import { canPass, problemCode } from '@throughline/contracts';

/** Whether another attempt may do better, or another process is at it already. */
export function isNoFailure(error: unknown): boolean {
  return problemCode(error) === 'view-taken-over' || canPass(error);
}
