/**
 * The services, each a process of its own: where its entry is, what it is told beside what all are told, and the port it has unless told
 * otherwise. The gateway is the one that people ask.
 */
import { join } from 'node:path';
import { PROJECTION_NAMES } from '@throughline/projections';
import { ROOT } from '../engines/places.mjs';

const PORTS = {
  gateway: 4600,
  ingestion: 4601,
  'command-api': 4602,
  'query-api': 4603,
  identity: 4604,
  'crm-projection': 4605,
  'cem-projection': 4606,
  'balance-projection': 4607,
  mirror: 4608,
};
/** From here on, those of projections of one's own. */
let next = 4609;

const entry = (name) => join(ROOT, 'services', name, 'dist', 'main.js');

const projections = PROJECTION_NAMES.map((projection) => {
  const name = `${projection}-projection`;
  const env = { THROUGHLINE_PROJECTION: projection };
  return { name, room: 'projection', env, port: PORTS[name] ?? next++, main: entry('projection') };
});
const others = Object.entries(PORTS)
  .filter(([name]) => !name.endsWith('-projection'))
  .map(([name, port]) => ({ name, room: name, env: {}, port, main: entry(name) }));

export const SERVICES = [...others, ...projections].sort((a, b) => a.port - b.port);
