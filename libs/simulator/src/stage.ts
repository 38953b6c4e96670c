import type { TouchpointInput, TouchpointInputData } from '@throughline/contracts';
import type { Random } from './random.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What a story does: it lets touchpoints happen, now or later. */
export interface Stage {
  readonly random: Random;
  /** 1 well, 0 badly: how each customer was treated so far. Stories read it and move it. */
  readonly mood: Float32Array;
  /** Whether a customer has told who they are. */
  readonly known: Uint8Array;
  /** Lets one touchpoint happen. It arrives a little later, or much later, or twice, as real ones do. */
  happen(at: number, type: string, system: string, data: TouchpointInputData): void;
  /** A new number for an order, a call, a case: unique in this run. */
  ref(prefix: string): string;
}

/** A touchpoint with the moment at which it reaches the platform. */
export interface Arrival {
  readonly arrives: number;
  readonly touchpoint: TouchpointInput;
}

/** Moves a mood towards good or bad. */
export function feel(stage: Stage, number: number, towards: number, weight: number): void {
  const mood = stage.mood[number]!;
  stage.mood[number] = mood + (towards - mood) * weight;
}
