/** The kinds of facts, each one decorator: what class-validator checks is what the derived JSON Schema says. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsISO4217CurrencyCode,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';

/** RFC 3339 with an explicit offset: a time without one is a guess. */
export const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const all =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, name) => {
    for (const decorate of decorators) decorate(target, name);
  };

export const Optional = IsOptional;
/** An identifier of a thing (order, case, survey), 1 to 200 characters. */
export const Ref = () => all(IsString(), MinLength(1), MaxLength(200));
/** A short word of the company's own: a reason, a stage, a category. */
export const Word = () => all(IsString(), MaxLength(500));
export const Flag = () => IsBoolean();
/** A duration in seconds; fractions allowed. */
export const Seconds = () => all(IsNumber(), Min(0), Max(10 * 365 * 86_400));
export const Count = () => all(IsInt(), Min(0), Max(1_000_000_000));
export const Integer = (min: number, max: number) => all(IsInt(), Min(min), Max(max));
export const Decimal = (min: number, max: number) => all(IsNumber(), Min(min), Max(max));
export const Time = () => all(IsString(), Matches(RFC3339));
export const OneOf = (...values: readonly string[]) => IsIn(values);
export const Nested = (of: () => new () => object) => all(ValidateNested(), Type(of) as PropertyDecorator);
export const NestedList = (of: () => new () => object) => all(ValidateNested({ each: true }), Type(of) as PropertyDecorator);

/** An amount in minor units (cents) of an ISO 4217 currency. */
export class MoneyValue {
  @IsInt() @Min(-1e12) @Max(1e12) minor!: number;
  @IsISO4217CurrencyCode() currency!: string;
}
export const Amount = () => Nested(() => MoneyValue);
