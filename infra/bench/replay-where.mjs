/** Where the time of a build goes, by the profiles that `node --cpu-prof` wrote of its threads: what each sample was about, at the innermost of our frames. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';

const PARTS = ['read', 'parse', 'fold', 'write', 'identity', 'collector', 'start', 'other'];

/** By what a frame's place says, the first that matches; a frame of none is about what called it. */
const PLACES = [
  ['start', /node:internal\/(modules|deps|bootstrap)\//],
  ['identity', /projection\/dist\/(build\/take-control|membership)\.js$/],
  ['write', /\/(lmdb|msgpackr|ordered-binary)\/|read-model\/dist\/embedded\//],
  ['read', /event-log\/dist\//],
  ['fold', /\/(cem|crm|balance|contracts)\/dist\/|projection\/dist\/|read-model\/dist\//],
];
/** Their getters parse JSON; the text they parse is decoded inside them too. */
const PARSED = new Set(['get data', 'get personal', 'get metadata']);

/** @returns Milliseconds of each part, of all threads; idle time is none. */
export function whereTimeGoes(dir) {
  const spent = Object.fromEntries(PARTS.map((part) => [part, 0]));
  for (const name of readdirSync(dir)) add(JSON.parse(readFileSync(join(dir, name), 'utf8')), spent);
  return spent;
}

/**
 * The shares as a table for people.
 * @param builds {{ projection: string, touchpoints: number, spent: Record<string, number> }[]}
 */
export function renderWhere(builds) {
  const table = new Table({
    head: ['where the time goes', 'of', ...PARTS],
    colAligns: ['left', 'right', ...PARTS.map(() => 'right')],
    style: { head: [], border: [], compact: true },
  });
  for (const { projection, touchpoints, spent } of builds) {
    const all = PARTS.reduce((sum, part) => sum + spent[part], 0);
    const shares = PARTS.map((part) => `${Math.round((100 * spent[part]) / all)} %`);
    table.push([
      `${projection}, ${touchpoints.toLocaleString('en')} touchpoints`,
      `${(all / 1000).toFixed(1)} s`,
      ...shares,
    ]);
  }
  return table.toString();
}

function add({ nodes, samples, timeDeltas }, spent) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const partOf = new Map();
  const walk = (node, part) => {
    partOf.set(node.id, part);
    for (const id of node.children ?? []) walk(byId.get(id), partOfFrame(byId.get(id).callFrame, part));
  };
  walk(nodes[0], 'other');
  for (const [i, id] of samples.entries()) {
    const { functionName } = byId.get(id).callFrame;
    if (functionName === '(idle)') continue;
    spent[functionName === '(garbage collector)' ? 'collector' : partOf.get(id)] += timeDeltas[i] / 1000;
  }
}

function partOfFrame({ functionName, url }, around) {
  if (PARSED.has(functionName) && url.endsWith('stored-event.js')) return 'parse';
  // What is read and written for the sake of identity's decisions is theirs.
  if (around === 'identity' || around === 'parse') return around;
  return PLACES.find(([, place]) => place.test(url))?.[0] ?? around;
}
