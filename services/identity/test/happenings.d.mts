import type { NewEvent } from '@throughline/event-log';
import type { IdentityRules } from '@throughline/identity';

export const OTHER_RULES: IdentityRules;
export function happenings(count: number): { readonly stream: string; readonly event: NewEvent }[];
