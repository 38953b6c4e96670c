#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('Throughline is not built yet. Build it with `npm run setup`, then run this again.');
  process.exit(1);
}
await import(main);
