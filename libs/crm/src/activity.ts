import type { SessionEnded } from '@throughline/contracts';
import { factsOf, type FragmentPart } from './part.ts';
import { count, mergeCounts, type CountRow } from './table.ts';

/** When, where and on what the customer met the company. */
export interface ActivityFragment {
  /** Epoch milliseconds of the first and the last touchpoint; empty before the first. */
  seen: readonly [] | readonly [first: number, last: number];
  readonly types: CountRow[];
  readonly channels: CountRow[];
  readonly devices: CountRow[];
  sessions: readonly [all: number, searched: number, messaged: number, requested: number];
}

export const activityFragment: FragmentPart<ActivityFragment> = {
  empty: () => ({ seen: [], types: [], channels: [], devices: [], sessions: [0, 0, 0, 0] }),

  apply(fragment, touchpoint) {
    const { type, occurredAt, data } = touchpoint;
    fragment.seen = span(fragment.seen, [occurredAt, occurredAt]);
    count(fragment.types, type);
    if (data.channel !== undefined) count(fragment.channels, data.channel);
    if (type === 'session.ended') {
      const { device, searched, messaged, requested } = factsOf<SessionEnded>(touchpoint);
      const [all, search, message, request] = fragment.sessions;
      fragment.sessions = [all + 1, search + +(searched ?? 0), message + +(messaged ?? 0), request + +(requested ?? 0)];
      if (device !== undefined) count(fragment.devices, device);
    }
  },

  merge: (a, b) => ({
    seen: span(a.seen, b.seen),
    types: mergeCounts(a.types, b.types),
    channels: mergeCounts(a.channels, b.channels),
    devices: mergeCounts(a.devices, b.devices),
    sessions: [
      a.sessions[0] + b.sessions[0],
      a.sessions[1] + b.sessions[1],
      a.sessions[2] + b.sessions[2],
      a.sessions[3] + b.sessions[3],
    ],
  }),
};

function span(a: ActivityFragment['seen'], b: ActivityFragment['seen']): ActivityFragment['seen'] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}
