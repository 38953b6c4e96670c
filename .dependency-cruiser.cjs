/**
 * The import table of docs/ARCHITECTURE.md, as rules: which room may import which. `infra/docs.mjs` writes the page's table from the
 * same list, and `npm run check` fails while it is stale, so the law people read is the law that is checked.
 */
const { ROOMS } = require('./infra/rooms.cjs');

const escape = (path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const folder = (room) => `^${escape(ROOMS[room].folder)}/`;
const VENDORS =
  '(^|node_modules/)(@eventstore/|@grpc/|google-protobuf|kafkajs|fzstd|lz4js|snappyjs|ioredis|lmdb|msgpackr)';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(ROOMS).map(([room, { imports }]) => ({
      name: `${room}-imports`,
      severity: 'error',
      comment: `${room} may import: ${imports.join(', ') || 'no other room'}`,
      from: { path: folder(room) + '(src|bin)/' },
      to: { path: '^(libs|services)/', pathNot: [room, ...imports].map(folder) },
    })),
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      comment:
        'identity, crm, cem, balance, projections, mapping and simulator are functions of their arguments: no I/O, no Nest.',
      from: { path: '^libs/(identity|crm|cem|balance|projections|mapping|simulator)/src/' },
      to: {
        path: ['^(node:)?(fs|net|http|https|worker_threads|child_process|os|timers)(/|$)', '(^|node_modules/)@nestjs/'],
      },
    },
    {
      name: 'no-nest-below-runtime',
      severity: 'error',
      comment: 'Nest stays out of contracts, the pure libs, the ports and the engine.',
      from: { path: '^libs/(?!runtime/|engines/)[^/]+/src/' },
      to: { path: '(^|node_modules/)@nestjs/' },
    },
    {
      name: 'vendors-in-their-adapter',
      severity: 'error',
      comment:
        'A vendor’s client is named only in the folder of its adapter, and in tests that use it as its users do.',
      from: {
        path: '^(libs|services)/',
        pathNot: [
          '^libs/(event-log|read-model|changes)/src/[^/]+/',
          '^services/ingestion/src/kafka/kafkajs/',
          '^services/dev-node/src/',
          '^(libs|services)/[^/]+/test/',
        ],
      },
      to: { path: VENDORS },
    },
    {
      name: 'no-package-insides',
      severity: 'error',
      comment: 'A room is entered by its front door.',
      from: { path: '^(libs|services)/([^/]+)/' },
      to: { path: '^(libs|services)/[^/]+/src/(?!index\\.ts$)', pathNot: ['^$1/$2/'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: ['/dist/'] },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@throughline/source', 'import', 'node', 'default'],
    },
  },
};
