/** The services that answer over HTTP, each with the first segments of the paths that are its own. */
export const ROUTES = {
  ingestion: ['touchpoints', 'quarantine'],
  'command-api': ['identities'],
  'query-api': ['customers', 'metrics', 'balance', 'projections'],
} as const;

export type ServiceName = keyof typeof ROUTES;

export const SERVICES = Object.keys(ROUTES) as ServiceName[];
