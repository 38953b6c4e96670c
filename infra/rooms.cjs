/** The rooms: where each is, and which other rooms its code may import. `docs/ARCHITECTURE.md` shows the same table. */
const service = (imports) => ['contracts', ...imports];

exports.ROOMS = {
  contracts: { folder: 'libs/contracts', imports: [] },
  identity: { folder: 'libs/identity', imports: ['contracts'] },
  crm: { folder: 'libs/crm', imports: ['contracts'] },
  cem: { folder: 'libs/cem', imports: ['contracts'] },
  balance: { folder: 'libs/balance', imports: ['contracts', 'crm', 'cem'] },
  mapping: { folder: 'libs/mapping', imports: ['contracts'] },
  simulator: { folder: 'libs/simulator', imports: ['contracts'] },
  'event-log': { folder: 'libs/event-log', imports: ['contracts'] },
  'read-model': { folder: 'libs/read-model', imports: ['contracts'] },
  projection: { folder: 'libs/projection', imports: ['contracts', 'event-log', 'read-model'] },
  runtime: { folder: 'libs/runtime', imports: ['contracts'] },
  ingestion: { folder: 'services/ingestion', imports: service(['event-log', 'runtime']) },
  'identity-service': {
    folder: 'services/identity',
    imports: service(['identity', 'event-log', 'read-model', 'projection', 'runtime']),
  },
  'crm-projection': {
    folder: 'services/crm-projection',
    imports: service(['crm', 'event-log', 'read-model', 'projection', 'runtime']),
  },
  'cem-projection': {
    folder: 'services/cem-projection',
    imports: service(['cem', 'event-log', 'read-model', 'projection', 'runtime']),
  },
  'balance-projection': {
    folder: 'services/balance-projection',
    imports: service(['balance', 'event-log', 'read-model', 'projection', 'runtime']),
  },
  'command-api': {
    folder: 'services/command-api',
    imports: service(['identity', 'event-log', 'read-model', 'runtime']),
  },
  'query-api': {
    folder: 'services/query-api',
    imports: service(['identity', 'crm', 'cem', 'balance', 'event-log', 'read-model', 'runtime']),
  },
  platform: {
    folder: 'services/platform',
    imports: service([
      'event-log',
      'read-model',
      'projection',
      'runtime',
      'ingestion',
      'identity-service',
      'crm-projection',
      'cem-projection',
      'balance-projection',
      'command-api',
      'query-api',
    ]),
  },
  cli: { folder: 'services/cli', imports: service(['mapping', 'simulator', 'platform', 'runtime']) },
};
