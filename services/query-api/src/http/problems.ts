import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEMS, type ProblemCode } from '@throughline/contracts';

/** Says in the reference which problems an operation may answer, each as RFC 9457 has it. */
export function Problems(...codes: readonly ProblemCode[]): MethodDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return applyDecorators(
    ...statuses.map((status) => {
      const same = codes.filter((code) => PROBLEMS[code].status === status);
      const { title, retry } = PROBLEMS[same[0]!];
      return ApiResponse({
        status,
        description: same.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n'),
        content: {
          'application/problem+json': {
            example: { type: `https://throughline.dev/problems/${same[0]}`, title, status, code: same[0], retry },
          },
        },
      });
    }),
  );
}
