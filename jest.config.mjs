/** One configuration for every room: TypeScript by swc, packages resolved to their sources, so tests need no build. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@throughline/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/{libs,services,infra}/**/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          experimental: { keepImportAttributes: true },
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2022',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/'],
  reporters: ['default', '<rootDir>/infra/jest-totals.mjs'],
  testTimeout: 60_000,
};
