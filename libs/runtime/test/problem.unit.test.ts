import { BadRequestException, NotFoundException } from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';
import { PROBLEMS, ThroughlineError, type ProblemCode } from '@throughline/contracts';
import { problemOf } from '../src/http/problem.ts';
import { describeError } from '../src/logging/describe-error.ts';

describe('a problem document', () => {
  test.each(Object.keys(PROBLEMS) as ProblemCode[])(
    'of %s has its status, sentence, and whether a retry can help',
    (code) => {
      const { status, title, retry } = PROBLEMS[code];
      expect(problemOf(new ThroughlineError(code, 'Here.'), 'c-1')).toEqual({
        type: `https://throughline.dev/problems/${code}`,
        title,
        status,
        detail: 'Here.',
        code,
        retry,
        instance: 'urn:throughline:request:c-1',
        correlationId: 'c-1',
      });
    },
  );

  test('of something unexpected is internal, and says nothing of it', () => {
    const problem = problemOf(new Error('cannot read ada@example.com'), 'c-2');
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(problem)).not.toContain('ada');
  });

  test.each([
    [new NotFoundException('Cannot GET /customers?identifier=email:ada@example.com'), 404, 'not-found'],
    [new BadRequestException('limit must be a number'), 400, 'invalid-request'],
    [Object.assign(new Error('too large'), { statusCode: 413 }), 413, 'too-large'],
    [Object.assign(new Error('no such media type'), { statusCode: 415 }), 415, 'invalid-request'],
    ['thrown text', 500, 'internal'],
    [undefined, 500, 'internal'],
  ])('of what the framework refuses is of the catalogue too: %s', (error, status, code) => {
    const problem = problemOf(error, 'c-3');
    expect(problem).toMatchObject({ status, code });
    expect(JSON.stringify(problem)).not.toContain('ada@example.com');
  });
});

describe('what is logged of an error', () => {
  test('is where it happened, not its message, which may quote what it could not read', () => {
    let error: unknown;
    try {
      JSON.parse('ada@example.com');
    } catch (cause) {
      error = new Error('could not read ada@example.com', { cause });
    }
    const described = describeError(error);
    expect(described).toMatchObject({
      name: 'Error',
      at: expect.arrayContaining([expect.stringContaining('problem.unit.test')]),
      cause: { name: 'SyntaxError' },
    });
    expect(JSON.stringify(described)).not.toContain('ada');
  });

  test('is the message too when the error is out of the catalogue: it names nothing personal', () => {
    expect(describeError(new ThroughlineError('log-locked'))).toMatchObject({
      code: 'log-locked',
      message: PROBLEMS['log-locked'].title,
    });
  });
});
