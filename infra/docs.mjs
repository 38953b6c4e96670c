/**
 * Writes the documents that follow from code, or with `--check` fails when one of them is stale. Runs on the build. A generator
 * is one entry of `GENERATED`: its file, and what it says.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { touchpointReference } from '@throughline/contracts';
import { render as architecture } from './docs/architecture.mjs';
import { render as asyncApi } from './docs/asyncapi.mjs';
import { render as experienceScore } from './docs/experience-score.mjs';
import { render as metrics } from './docs/metrics.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const GENERATED = [
  { file: 'docs/ARCHITECTURE.md', text: architecture },
  { file: 'docs/reference/touchpoints.md', text: touchpointReference },
  { file: 'docs/reference/asyncapi.json', text: asyncApi },
  { file: 'docs/reference/metrics.md', text: metrics },
  { file: 'docs/reference/experience-score.md', text: experienceScore },
];

const isCheck = process.argv.includes('--check');
const stale = [];
for (const { file, text } of GENERATED) {
  const path = join(root, file);
  const fresh = await format(await text(), { ...(await resolveConfig(path)), filepath: path });
  if (existsSync(path) && readFileSync(path, 'utf8') === fresh) continue;
  stale.push(relative(root, path));
  if (isCheck) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, fresh);
}

for (const file of stale) console.log(isCheck ? `${file} is stale: run npm run docs` : `${file} written`);
if (isCheck && stale.length > 0) process.exit(1);
