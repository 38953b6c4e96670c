/**
 * `npm run check`: everything about the code that a machine can judge without running it. Each check is a command that
 * fails; all are run, and the exit code says whether any did.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const bin = (name) => join(root, 'node_modules', '.bin', name);
const node = process.execPath;

const CHECKS = [
  ['format', bin('prettier'), '--check', '--log-level', 'warn', '.'],
  ['lint', bin('oxlint'), '--deny-warnings', 'libs', 'services', 'infra'],
  ['types', node, require.resolve('typescript/bin/tsc'), '-b'],
  ['types of tests', node, require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.test.json'],
  ['boundaries', bin('depcruise'), '--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'libs', 'services'],
  ['boundaries: canary', node, 'infra/canary.mjs'],
  ['unused code', bin('knip'), '--no-progress', '--no-config-hints'],
  ['documents', node, 'infra/docs.mjs', '--check'],
];

const setup = spawnSync(node, [join(root, 'infra', 'setup.mjs')], { cwd: root, stdio: 'inherit' });
if (setup.status !== 0) process.exit(setup.status ?? 1);

const failed = [];
for (const [name, command, ...args] of CHECKS) {
  const started = Date.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${took})`);
  if (status !== 0) {
    failed.push(name);
    console.log((error ? String(error) : stdout + stderr).trimEnd());
  }
}
console.log(failed.length === 0 ? `All ${CHECKS.length} checks pass.` : `Failed: ${failed.join(', ')}.`);
process.exit(failed.length === 0 ? 0 : 1);
