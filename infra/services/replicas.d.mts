/** How many replicas of which services; or what is wrong with what was asked for, as a sentence. */
export function replicasIn(args: readonly string[]): Readonly<Record<string, number>> | string;
