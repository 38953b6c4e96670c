import { describe, expect, test } from '@jest/globals';
import { PROBLEMS, problemCode, ThroughlineError } from '../src/errors.ts';

describe('an error out of the catalogue', () => {
  test('says what a person can do, then the detail', () => {
    const error = new ThroughlineError('too-large', 'At most 5 bytes.');
    expect(error.message).toBe(`${PROBLEMS['too-large'].title} At most 5 bytes.`);
    expect(error).toMatchObject({ code: 'too-large', detail: 'At most 5 bytes.', retry: false });
    expect(new ThroughlineError('too-busy').retry).toBe(true);
  });

  test('is told by its code, whichever copy of the class made it', () => {
    expect(problemCode(Object.assign(new Error('x'), { code: 'too-busy' }))).toBe('too-busy');
  });

  test.each([null, undefined, 'too-busy', new Error('x'), { code: 'ENOENT' }, { code: 'toString' }, { code: 7 }])(
    '%p is none',
    (thrown) => expect(problemCode(thrown)).toBeUndefined(),
  );
});

test('every problem has a sentence that ends, and a status of an error', () => {
  for (const { title, status } of Object.values(PROBLEMS)) {
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
  }
});
