/** The services, each a process of its own: where its entry is, and the port it has unless told otherwise. The gateway is the one that people ask. */
import { join } from 'node:path';
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

export const SERVICES = Object.entries(PORTS).map(([name, port]) => ({
  name,
  port,
  main: join(ROOT, 'services', name, 'dist', 'main.js'),
}));
