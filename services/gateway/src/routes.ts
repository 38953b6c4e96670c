/** The services that answer over HTTP, each with the first segments of the paths that are its own. */
export const ROUTES = {
  ingestion: ['touchpoints', 'quarantine'],
  'command-api': ['identities'],
  'query-api': ['customers', 'metrics', 'balance', 'projections'],
} as const;

export type ServiceName = keyof typeof ROUTES;

export const SERVICES = Object.keys(ROUTES) as ServiceName[];

const OWNERS: ReadonlyMap<string, ServiceName> = new Map(
  SERVICES.flatMap((service) => ROUTES[service].map((segment) => [segment, service] as const)),
);

/** Whose a path is, by its first segment; undefined for a path that no service has. */
export function serviceOf(path: string): ServiceName | undefined {
  return OWNERS.get(/^\/([^/?#]*)/.exec(path)?.[1] ?? '');
}
