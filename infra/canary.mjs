/** Plants imports that the boundaries forbid and fails unless each one is caught: a rule that catches nothing is green too. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where a bad import is planted, what it says, and the rule that must catch it. */
const PLANTS = [
  ['libs/crm/src', "import '@throughline/cem';", 'crm-imports'],
  ['services/ingestion/src', "import '@throughline/read-model';", 'ingestion-imports'],
  ['libs/identity/src', "import 'node:fs';", 'pure-rooms-do-no-io'],
  ['libs/event-log/src', "import '@nestjs/common';", 'no-nest-below-runtime'],
  ['libs/projection/src', "import 'lmdb';", 'vendors-in-their-adapter'],
  ['services/cli/src', "import '../../../libs/contracts/src/ids.ts';", 'no-package-insides'],
  ['libs/balance/src', "import './canary.planted.ts';", 'no-cycles'],
];

const files = PLANTS.map(([folder]) => join(root, folder, 'canary.planted.ts'));
try {
  PLANTS.forEach(([, line], i) => writeFileSync(files[i], `${line}\n`));
  const { stdout } = spawnSync(
    join(root, 'node_modules', '.bin', 'depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs', 'services'],
    { cwd: root, encoding: 'utf8', maxBuffer: 256 << 20 },
  );
  const caught = JSON.parse(stdout).summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
  const missed = PLANTS.filter(([folder, , rule]) => !caught.includes(`${rule} ${folder}/canary.planted.ts`));
  for (const [folder, line, rule] of missed) console.error(`Not caught by ${rule}: ${line} in ${folder}`);
  if (missed.length === 0) console.log(`${PLANTS.length} planted imports, ${PLANTS.length} caught.`);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  for (const file of files) rmSync(file, { force: true });
}
