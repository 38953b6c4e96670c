import type { NewEvent } from '@throughline/event-log';

export function happenings(count: number): { readonly stream: string; readonly event: NewEvent }[];
