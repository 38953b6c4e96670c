/** The rooms: where each is, and which other rooms its code may import. `docs/ARCHITECTURE.md` shows the same table. */
const service = (imports) => ['contracts', ...imports];

exports.ROOMS = {
  contracts: {
    folder: 'libs/contracts',
    what: 'what crosses a process: touchpoint catalogue, envelope, home.v1, ids, views, errors',
    imports: [],
  },
  identity: {
    folder: 'libs/identity',
    what: 'pure: linking rules, graph, partition, requests',
    imports: ['contracts'],
  },
  crm: { folder: 'libs/crm', what: 'pure: folds of the single customer view; value', imports: ['contracts'] },
  cem: { folder: 'libs/cem', what: 'pure: folds of the experience; score, metrics, journey', imports: ['contracts'] },
  balance: {
    folder: 'libs/balance',
    what: 'pure: both values of one customer; the grid',
    imports: ['contracts', 'crm', 'cem'],
  },
  projections: {
    folder: 'libs/projections',
    what: 'pure: which projections there are, a line each; those of one’s own',
    imports: ['contracts', 'crm', 'cem', 'balance'],
  },
  versions: {
    folder: 'libs/versions',
    what: 'pure: which versions of a projection there are, what may be asked of them, how two of them differ',
    imports: ['contracts'],
  },
  mapping: {
    folder: 'libs/mapping',
    what: 'exports (CSV, TSV, fixed columns, NDJSON) become touchpoint inputs',
    imports: ['contracts'],
  },
  simulator: { folder: 'libs/simulator', what: 'pure: made-up customers, from a seed', imports: ['contracts'] },
  'event-log': {
    folder: 'libs/event-log',
    what: 'port; `embedded/`; `eventstoredb/` with its mirror; the contract suite that both pass',
    imports: ['contracts'],
  },
  'read-model': {
    folder: 'libs/read-model',
    what: 'port; `embedded/` (LMDB); `redis/`; the contract suite that both pass',
    imports: ['contracts'],
  },
  changes: {
    folder: 'libs/changes',
    what: 'where channels are told what views changed: port; `kafkajs/`',
    imports: ['contracts'],
  },
  projection: {
    folder: 'libs/projection',
    what: 'the engine: run, checkpoint, version; parts shared among replicas',
    imports: ['contracts', 'versions', 'event-log', 'read-model', 'changes'],
  },
  runtime: {
    folder: 'libs/runtime',
    what: 'Nest plumbing: settings, logs, health, metrics, problem details',
    imports: ['contracts'],
  },
  engines: {
    folder: 'libs/engines',
    what: 'opens the log and the views on the engines that the environment names',
    imports: ['contracts', 'versions', 'event-log', 'read-model', 'changes', 'runtime'],
  },
  ingestion: {
    folder: 'services/ingestion',
    what: 'intake from HTTP and Kafka: decode, validate, enrich, accept or quarantine',
    imports: service(['event-log', 'runtime', 'engines']),
  },
  'identity-service': {
    folder: 'services/identity',
    what: 'follows the log and appends identity’s decisions',
    imports: service(['identity', 'versions', 'event-log', 'read-model', 'projection', 'runtime', 'engines']),
  },
  'projection-service': {
    folder: 'services/projection',
    what: 'the engine with the folds of one projection: any that is registered',
    imports: service(['projections', 'event-log', 'read-model', 'projection', 'runtime', 'engines']),
  },
  'command-api': {
    folder: 'services/command-api',
    what: 'what people ask for: stewards’ link, split, move, undo; engineers’ replay, promote, roll back',
    imports: service(['identity', 'projections', 'versions', 'event-log', 'read-model', 'runtime', 'engines']),
  },
  'query-api': {
    folder: 'services/query-api',
    what: 'every question, over HTTP',
    imports: service([
      'identity',
      'crm',
      'cem',
      'balance',
      'projections',
      'versions',
      'event-log',
      'read-model',
      'runtime',
      'engines',
    ]),
  },
  gateway: {
    folder: 'services/gateway',
    what: 'one address for services that run apart: passes each request on to whose it is',
    imports: service(['runtime']),
  },
  mirror: {
    folder: 'services/mirror',
    what: 'keeps a host’s copy of the log in an EventStoreDB',
    imports: service(['event-log', 'runtime', 'engines']),
  },
  'dev-node': {
    folder: 'services/dev-node',
    what: 'EventStoreDB’s protocol over the embedded log, for development and tests',
    imports: service(['event-log']),
  },
  platform: {
    folder: 'services/platform',
    what: 'all services in one process: the embedded default',
    imports: service([
      'event-log',
      'read-model',
      'projection',
      'runtime',
      'engines',
      'mirror',
      'ingestion',
      'identity-service',
      'projections',
      'projection-service',
      'command-api',
      'query-api',
    ]),
  },
  cli: {
    folder: 'services/cli',
    what: 'the `throughline` command',
    imports: service(['projections', 'versions', 'mapping', 'simulator', 'platform', 'runtime']),
  },
};
