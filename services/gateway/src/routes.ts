interface Route {
  /** The first of a path; all paths below it are the service's too. */
  readonly segment: string;
  /** Absent: all. */
  readonly methods?: readonly ('GET' | 'HEAD' | 'POST')[];
}

/** The services that answer over HTTP, each with what is its own: what is asked of projections and customers is a command, what is told of them a query. */
export const ROUTES = {
  ingestion: [{ segment: 'touchpoints' }, { segment: 'quarantine' }],
  'command-api': [
    { segment: 'identities' },
    { segment: 'projections', methods: ['POST'] },
    { segment: 'customers', methods: ['POST'] },
  ],
  'query-api': [
    { segment: 'customers', methods: ['GET', 'HEAD'] },
    { segment: 'metrics' },
    { segment: 'balance' },
    { segment: 'projections', methods: ['GET', 'HEAD'] },
  ],
} as const satisfies Readonly<Record<string, readonly Route[]>>;

export type ServiceName = keyof typeof ROUTES;

export const SERVICES = Object.keys(ROUTES) as ServiceName[];

export function routesOf(service: ServiceName): readonly Route[] {
  return ROUTES[service];
}
