import type { BuildLimits } from './task.ts';

const MIB = 1024 * 1024;

export const DEFAULT_BUILD_LIMITS: BuildLimits = {
  batch: 2_000,
  block: 100_000,
  slice: 20_000,
  membership: 20_000,
  heap: 400 * MIB,
};
