import type { CallEnded, CaseEvent, CaseOpened, ComplaintFiled, Touchpoint } from '@throughline/contracts';
import { factsOf, type PartOfTypes } from './part.ts';
import { count, earliest, latest, mergeCounts, mergeTables, rowOf, type CountRow, type Register } from './table.ts';

/** Cases, complaints and contacts. */
export interface ServiceFragment {
  readonly cases: CaseRow[];
  readonly complaints: ComplaintRow[];
  /** By outcome; `unknown` where nobody noted one. */
  readonly calls: CountRow[];
  readonly chats: CountRow[];
  /** What the customer wrote, by channel. */
  readonly messages: CountRow[];
}

export type CaseRow = [
  caseId: string,
  state: Register<[rank: number]>,
  reason: Register<[reason: string]>,
  /** Time of the first opening; 0 for none. */
  openedAt: number,
  reopened: number,
  escalated: number,
];

export type ComplaintRow = [
  complaintId: string,
  /** Time of the first filing. */
  filedAt: number,
  reason: Register<[reason: string]>,
  product: Register<[product: string]>,
  channel: Register<[channel: string]>,
  /** Whether it was answered in time, once somebody said so. */
  timely: Register<[timely: 0 | 1]>,
];

/** What changes a case's state; of two at the same millisecond the later in this list wins. A reply or an escalation leaves it as it is. */
const RANKS = ['case.opened', 'case.resolved', 'case.reopened'];
const RESOLVED = 1;

/** A call on which nobody was there is no contact. */
const PHANTOM = 'phantom';
const UNKNOWN = 'unknown';

export const serviceFragment: PartOfTypes<ServiceFragment> = {
  empty: () => ({ cases: [], complaints: [], calls: [], chats: [], messages: [] }),

  on: {
    'call.ended': (fragment, touchpoint) => count(fragment.calls, factsOf<CallEnded>(touchpoint).outcome ?? UNKNOWN),
    'chat.ended': (fragment, touchpoint) => count(fragment.chats, factsOf<CallEnded>(touchpoint).outcome ?? UNKNOWN),
    'message.received': (fragment, { data }) => count(fragment.messages, data.channel ?? UNKNOWN),
    'complaint.filed': complain,
    'case.opened': follow,
    'case.replied': follow,
    'case.escalated': follow,
    'case.resolved': follow,
    'case.reopened': follow,
  },

  merge: (a, b) => ({
    cases: mergeTables(a.cases, b.cases, (x, y): CaseRow => [
      x[0],
      latest(x[1], y[1]),
      latest(x[2], y[2]),
      earliest(x[3], y[3]),
      x[4] + y[4],
      x[5] + y[5],
    ]),
    complaints: mergeTables(a.complaints, b.complaints, (x, y): ComplaintRow => [
      x[0],
      earliest(x[1], y[1]),
      latest(x[2], y[2]),
      latest(x[3], y[3]),
      latest(x[4], y[4]),
      latest(x[5], y[5]),
    ]),
    calls: mergeCounts(a.calls, b.calls),
    chats: mergeCounts(a.chats, b.chats),
    messages: mergeCounts(a.messages, b.messages),
  }),
};

function complain(fragment: ServiceFragment, touchpoint: Touchpoint): void {
  const {
    occurredAt,
    data: { product, channel },
  } = touchpoint;
  const { complaintId, reason, timely } = factsOf<ComplaintFiled>(touchpoint);
  const row = rowOf(fragment.complaints, complaintId, (id): ComplaintRow => [id, 0, [], [], [], []]);
  row[1] = earliest(row[1], occurredAt);
  if (reason !== undefined) row[2] = latest(row[2], [occurredAt, reason]);
  if (product !== undefined) row[3] = latest(row[3], [occurredAt, product]);
  if (channel !== undefined) row[4] = latest(row[4], [occurredAt, channel]);
  if (timely !== undefined) row[5] = latest(row[5], [occurredAt, timely ? 1 : 0]);
}

function follow(fragment: ServiceFragment, touchpoint: Touchpoint): void {
  const { occurredAt, type } = touchpoint;
  const row = rowOf(fragment.cases, factsOf<CaseEvent>(touchpoint).caseId, (id): CaseRow => [id, [], [], 0, 0, 0]);
  const rank = RANKS.indexOf(type);
  if (rank >= 0) row[1] = latest(row[1], [occurredAt, rank]);
  if (type === 'case.opened') {
    const { reason } = factsOf<CaseOpened>(touchpoint);
    row[3] = earliest(row[3], occurredAt);
    if (reason !== undefined) row[2] = latest(row[2], [occurredAt, reason]);
  }
  if (type === 'case.reopened') row[4]++;
  if (type === 'case.escalated') row[5]++;
}

export interface Case {
  readonly caseId: string;
  /** By its latest opening, resolution or reopening; open where only replies or escalations are known. */
  readonly state: 'open' | 'resolved';
  readonly reason?: string;
  readonly openedAt?: string;
  /** When its state last changed. */
  readonly since?: string;
  readonly reopened: number;
  readonly escalated: number;
}

export interface Complaint {
  readonly complaintId: string;
  readonly filedAt: string;
  readonly reason?: string;
  readonly product?: string;
  readonly channel?: string;
  /** Absent while nobody said. */
  readonly timely?: boolean;
}

export interface Contacts {
  /** Calls, chats and messages; calls on which nobody was there left out. */
  readonly total: number;
  readonly calls: { readonly total: number; readonly byOutcome: Readonly<Record<string, number>> };
  readonly chats: { readonly total: number; readonly byOutcome: Readonly<Record<string, number>> };
  readonly messages: { readonly total: number; readonly byChannel: Readonly<Record<string, number>> };
}

export function readCases(fragment: ServiceFragment): Case[] {
  return fragment.cases.map(([caseId, [since, rank], [, reason], openedAt, reopened, escalated]) => ({
    caseId,
    state: rank === RESOLVED ? 'resolved' : 'open',
    ...(reason !== undefined && { reason }),
    ...(openedAt !== 0 && { openedAt: new Date(openedAt).toISOString() }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    reopened,
    escalated,
  }));
}

export function readComplaints(fragment: ServiceFragment): Complaint[] {
  return fragment.complaints.map(([complaintId, filedAt, [, reason], [, product], [, channel], [, timely]]) => ({
    complaintId,
    filedAt: new Date(filedAt).toISOString(),
    ...(reason !== undefined && { reason }),
    ...(product !== undefined && { product }),
    ...(channel !== undefined && { channel }),
    ...(timely !== undefined && { timely: timely === 1 }),
  }));
}

export function readContacts(fragment: ServiceFragment): Contacts {
  const [calls, chats, messages] = [sum(fragment.calls), sum(fragment.chats), sum(fragment.messages)];
  const phantoms = [...fragment.calls, ...fragment.chats].filter(([outcome]) => outcome === PHANTOM);
  return {
    total: calls + chats + messages - sum(phantoms),
    calls: { total: calls, byOutcome: record(fragment.calls) },
    chats: { total: chats, byOutcome: record(fragment.chats) },
    messages: { total: messages, byChannel: record(fragment.messages) },
  };
}

function sum(table: readonly CountRow[]): number {
  return table.reduce((total, [, n]) => total + n, 0);
}

function record(table: readonly CountRow[]): Record<string, number> {
  return Object.fromEntries(table);
}
