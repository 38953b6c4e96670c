import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { ROOMS } = createRequire(import.meta.url)('../rooms.cjs');
const PAGE = fileURLToPath(new URL('../../docs/ARCHITECTURE.md', import.meta.url));
const BETWEEN = /(<!-- rooms:[^>]*-->)[\s\S]*(<!-- \/rooms -->)/;

/** docs/ARCHITECTURE.md with the table of rooms that the boundaries check, so that people and machines read one law. */
export function render() {
  const rows = Object.entries(ROOMS).map(
    ([room, { folder, what, imports }]) => `| ${room} | \`${folder}\` | ${what} | ${imports.join(', ') || '—'} |`,
  );
  const table = ['| room | folder | what is in it | may import |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return readFileSync(PAGE, 'utf8').replace(BETWEEN, `$1\n\n${table}\n\n$2`);
}
