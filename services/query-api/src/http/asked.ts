import { applyDecorators, UseInterceptors, UsePipes, ValidationPipe } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ThroughlineError } from '@throughline/contracts';
import { IsOptional, IsString, Matches, type ValidationError } from 'class-validator';
import { AfterInterceptor } from '../after/after.interceptor.ts';
import { ofCustomers, Reading, type Reads } from '../after/reads.ts';

/** What every query may ask. */
export class Asked {
  @ApiPropertyOptional({
    description: 'A position that an intake answered: wait until the views show that write.',
    example: '00000000000004d2',
  })
  @IsOptional()
  @IsString()
  after?: string;

  @ApiPropertyOptional({
    description: 'How long `after` may wait, in milliseconds: 5000 unless told, 60000 at most.',
    example: '5000',
  })
  @IsOptional()
  @Matches(/^\d{1,5}$/, { message: 'timeout is a whole number of milliseconds' })
  timeout?: string;
}

/**
 * Reads the query string as its class says, refusing what it does not know by name; then waits for `after`.
 *
 * @param reads The views that must have come that far.
 */
export function Questions(reads: Reads = ofCustomers): ClassDecorator {
  const pipe = new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: refusal,
  });
  return applyDecorators(UsePipes(pipe), UseInterceptors(AfterInterceptor), Reading(reads));
}

function refusal(errors: readonly ValidationError[]): ThroughlineError {
  return new ThroughlineError(
    'invalid-query',
    errors.flatMap((error) => Object.values(error.constraints ?? {})).join('; '),
  );
}
