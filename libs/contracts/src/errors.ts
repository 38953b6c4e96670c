/** The catalogue of everything that can go wrong on purpose. An error is told apart by its code, never by `instanceof`. */

interface Problem {
  /** HTTP status. */
  readonly status: number;
  /** A sentence a person can act on; the detail of one occurrence is added to it. */
  readonly title: string;
  /** Whether the same call can succeed later, unchanged. */
  readonly retry: boolean;
}

export const PROBLEMS = {
  'unreadable-body': {
    status: 400,
    title: 'The request body cannot be read. Send one JSON object, an array, or one object a line.',
    retry: false,
  },
  'unreadable-message': {
    status: 422,
    title:
      'This Kafka message cannot be read. Send touchpoints as JSON, or as CloudEvents in binary or structured mode.',
    retry: false,
  },
  'unreadable-line': { status: 400, title: 'This line is not JSON.', retry: false },
  'invalid-touchpoint': { status: 422, title: 'This touchpoint does not match its schema.', retry: false },
  'unknown-touchpoint': {
    status: 422,
    title: 'The touchpoint that this one retracts is unknown. Redrive it once that one is there.',
    retry: false,
  },
  'invalid-request': { status: 400, title: 'The request does not match its schema.', retry: false },
  'invalid-query': { status: 400, title: 'The query cannot be understood.', retry: false },
  'too-large': { status: 413, title: 'The body is too large. Send it in smaller parts.', retry: false },
  'too-busy': {
    status: 429,
    title: 'The platform has as much in hand as it can hold. Send again after the time in Retry-After.',
    retry: true,
  },
  'not-found': { status: 404, title: 'There is no such thing.', retry: false },
  'customer-not-found': { status: 404, title: 'No customer has this id or identifier.', retry: false },
  'metric-not-found': {
    status: 404,
    title: 'There is no such metric. GET /metrics lists those there are.',
    retry: false,
  },
  'not-caught-up': {
    status: 503,
    title: 'The view has not reached the asked-for position in time. Ask again.',
    retry: true,
  },
  'wrong-revision': { status: 409, title: 'Somebody else wrote first. Read again and decide again.', retry: true },
  'log-locked': {
    status: 503,
    title: 'Another process already writes to this log. Stop it first, or use another data folder.',
    retry: true,
  },
  'log-corrupt': {
    status: 500,
    title: 'The log is damaged before its tail. Restore the segment from a copy.',
    retry: false,
  },
  'other-log': {
    status: 500,
    title:
      'What is stored here was made from another log. Point THROUGHLINE_DATA or REDIS_URL elsewhere, or empty what they name.',
    retry: false,
  },
  'log-full': {
    status: 507,
    title: 'The disk is full. Nothing was acknowledged; free space and send again.',
    retry: true,
  },
  'log-unavailable': {
    status: 503,
    title: 'The server of the log cannot be reached. What was sent may be durable or not: send the same again.',
    retry: true,
  },
  'log-refused': {
    status: 500,
    title: 'The server of the log refuses the user or the password, or the user may not do this.',
    retry: false,
  },
  'mirror-behind': {
    status: 503,
    title: 'The copy of the log on this host is behind. Make sure that its mirror process runs, and send again.',
    retry: true,
  },
  'view-taken-over': {
    status: 503,
    title: 'Another process has taken this projection over. It goes on there; stop this one.',
    retry: false,
  },
  'view-lost': {
    status: 503,
    title: 'The read model has lost this view, or part of it. It is folded again from the log.',
    retry: true,
  },
  'view-rebuilding': {
    status: 503,
    title: 'This view is being built from the log and is not complete yet. Ask again.',
    retry: true,
  },
  'read-model-unavailable': {
    status: 503,
    title: 'The read model cannot be reached. Ask again in a moment.',
    retry: true,
  },
  'read-model-full': {
    status: 507,
    title: 'The read model has no memory left. Nothing was written; give it more, and it goes on.',
    retry: true,
  },
  'read-model-evicts': {
    status: 500,
    title: 'This Redis drops keys when it is full, and so parts of views. Set its maxmemory-policy to noeviction.',
    retry: false,
  },
  'changes-unpublished': {
    status: 503,
    title:
      'Kafka does not take what views changed. It waits, nothing is lost, and it is published once Kafka takes it.',
    retry: true,
  },
  'projection-stopped': {
    status: 500,
    title: 'A decision, request or tick could not be applied, so the projection stopped before it. Nothing is lost.',
    retry: false,
  },
  'cannot-replay': { status: 409, title: 'This cannot be asked of the projection as it stands.', retry: false },
  'diff-failed': { status: 500, title: 'The versions could not be compared. Ask for it again.', retry: true },
  'replay-failed': {
    status: 500,
    title: 'The new version could not be built. Cancel the replay, and start it again once the cause is mended.',
    retry: false,
  },
  'invalid-definition': { status: 422, title: 'The definition does not match its schema.', retry: false },
  'invalid-setting': { status: 500, title: 'A setting is wrong.', retry: false },
  'cannot-decide': { status: 409, title: 'The request breaks a rule of identity.', retry: false },
  'rules-changed': {
    status: 500,
    title: 'The identity rules differ from those that decided so far. Give changed rules a new version.',
    retry: false,
  },
  'service-down': {
    status: 503,
    title: 'The service that this path belongs to does not answer. Ask again in a moment.',
    retry: true,
  },
  'shutting-down': { status: 503, title: 'The platform is shutting down. Send again in a moment.', retry: true },
  internal: {
    status: 500,
    title: 'Something went wrong that should not. It is logged under this correlation id.',
    retry: false,
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof PROBLEMS;

/** An error out of the catalogue. `detail` names what and where, never a personal value or a secret. */
export class ThroughlineError extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;

  constructor(code: ProblemCode, detail?: string, options?: ErrorOptions) {
    super(detail ? `${PROBLEMS[code].title} ${detail}` : PROBLEMS[code].title, options);
    this.name = 'ThroughlineError';
    this.code = code;
    this.detail = detail;
  }

  /** Whether the same call can succeed later, unchanged. */
  get retry(): boolean {
    return PROBLEMS[this.code].retry;
  }
}

/** The code of an error out of the catalogue; undefined for any other thing thrown, whatever module instance made it. */
export function problemCode(error: unknown): ProblemCode | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && Object.hasOwn(PROBLEMS, code) ? (code as ProblemCode) : undefined;
}

/** Whether another attempt may do better: what is away now may be back then. */
export function canPass(error: unknown): boolean {
  const code = problemCode(error);
  return code !== undefined && PROBLEMS[code].retry;
}
