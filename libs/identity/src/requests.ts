import type {
  JsonObject,
  LinkRequested,
  MoveRequested,
  RequestType,
  RequestUndone,
  SplitRequested,
} from '@throughline/contracts';

/** An event of `identity-requests`, without where it stands; and so also what a steward asks for: the event as it would stand. */
export type RequestEvent = { readonly id: string } & (
  | { readonly type: 'identity.link-requested'; readonly data: LinkRequested }
  | { readonly type: 'identity.split-requested'; readonly data: SplitRequested }
  | { readonly type: 'identity.move-requested'; readonly data: MoveRequested }
  | { readonly type: 'identity.request-undone'; readonly data: RequestUndone }
);

/** All requests so far, by id, in their order. */
export interface RequestsState {
  readonly requests: Map<string, { readonly event: RequestEvent; readonly undone: boolean }>;
}

/** Why a request cannot be taken, whatever the graph says. */
export type RequestRefusal =
  | 'REQUEST_ID_TAKEN'
  | 'SAME_KEY'
  | 'NOTHING_TO_SPLIT'
  | 'SAME_SUBJECT'
  | 'TOUCHPOINTS_OR_SPAN'
  | 'EMPTY_SPAN'
  | 'NO_SUCH_REQUEST'
  | 'CANNOT_BE_UNDONE'
  | 'ALREADY_UNDONE';

/** No events: the very same request stands there already. */
export type RequestDecision =
  | { readonly ok: true; readonly events: readonly RequestEvent[] }
  | { readonly ok: false; readonly reason: RequestRefusal };

export function initialRequests(): RequestsState {
  return { requests: new Map() };
}

/** May change and return the state it is given. */
export function evolveRequests(state: RequestsState, event: RequestEvent): RequestsState {
  state.requests.set(event.id, { event, undone: false });
  if (event.type === 'identity.request-undone') {
    const undone = state.requests.get(event.data.requestId);
    if (undone) state.requests.set(undone.event.id, { ...undone, undone: true });
  }
  return state;
}

export function decideRequest(command: RequestEvent, state: RequestsState): RequestDecision {
  const known = state.requests.get(command.id)?.event;
  if (known) return isSame(known, command) ? { ok: true, events: [] } : { ok: false, reason: 'REQUEST_ID_TAKEN' };
  const reason = objection(command, state);
  return reason ? { ok: false, reason } : { ok: true, events: [command] };
}

function objection(command: RequestEvent, { requests }: RequestsState): RequestRefusal | undefined {
  switch (command.type) {
    case 'identity.link-requested':
      return command.data.a.key === command.data.b.key ? 'SAME_KEY' : undefined;
    case 'identity.split-requested': {
      const { apart, rest } = command.data;
      const overlaps = apart.some(({ key }) => rest.some((other) => other.key === key));
      return apart.length === 0 || rest.length === 0 || overlaps ? 'NOTHING_TO_SPLIT' : undefined;
    }
    case 'identity.move-requested': {
      const { from, to, touchpoints, span } = command.data;
      if (from === to) return 'SAME_SUBJECT';
      if ((touchpoints === undefined) === (span === undefined) || touchpoints?.length === 0)
        return 'TOUCHPOINTS_OR_SPAN';
      return span && !(Date.parse(span.from) < Date.parse(span.to)) ? 'EMPTY_SPAN' : undefined;
    }
    case 'identity.request-undone': {
      const request = requests.get(command.data.requestId);
      if (!request) return 'NO_SUCH_REQUEST';
      if (request.event.type === 'identity.request-undone') return 'CANNOT_BE_UNDONE';
      return request.undone ? 'ALREADY_UNDONE' : undefined;
    }
    default: {
      const none: never = command;
      return none;
    }
  }
}

function isSame(a: { type: RequestType; data: JsonObject }, b: { type: RequestType; data: JsonObject }): boolean {
  return a.type === b.type && canonical(a.data) === canonical(b.data);
}

/** One text for equal content, whatever the order of its members. */
function canonical(data: JsonObject): string {
  return JSON.stringify(data, (_, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value,
  );
}
