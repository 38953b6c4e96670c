import { fork } from 'node:child_process';
import { openEventStore, openMirrorReader, runMirror } from '@throughline/event-log';
import { Connection } from '../dist/eventstoredb/connection.js';
import { subscribe } from '../dist/eventstoredb/server-reader.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
const d = mkdtempSync('/tmp/tl/b-');
const child = fork(new URL('./support/dev-node.mjs', import.meta.url).pathname, [d + '/node', '0']);
const [{ url }] = await once(child, 'message');
const stop = new AbortController();
let prog;
let m = runMirror({ url, dir: d + '/mirror', signal: stop.signal, onProgress: (p) => (prog = p), onTrouble: (e) => console.log('trouble', e), onDoubt: console.log });
const log = openEventStore({ url, mirrorDir: d + '/mirror' });
const pad = 'x'.repeat(250);
const ev = () => ({ id: randomUUID(), type: 'page.viewed', occurredAt: Date.now(), data: { facts: { pad, n: 1 }, keys: [{ type: 'email', key: 'abcdef' }] }, personal: { traits: { name: 'Ada' } }, metadata: { source: 's', schema: 1 } });
for (const per of [1000]) {
  const total = per === 1 ? 1000 : 30000;
  const t = performance.now();
  for (let i = 0; i < total / per; i++) await log.append(Array.from({ length: per }, () => ({ stream: 'touchpoint-' + randomUUID(), expectedRevision: -1, events: [ev()] })));
  console.log(per, 'per call', Math.round(total / ((performance.now() - t) / 1000)), '/s', JSON.stringify(process.memoryUsage().rss / 1e6));
}
{ const t = performance.now(); const n = 20000; let s = -1;
  for (let i = 0; i < n / 500; i++) { const a = Array.from({ length: 500 }, () => ({ stream: 'one', expectedRevision: s++, events: [ev()] })); const r = await log.append(a); if (r.some((x) => !x.ok)) throw new Error('no'); }
  console.log('one stream, 500 per call', Math.round(n / ((performance.now() - t) / 1000)), '/s'); }
{ const r = openMirrorReader({ dir: d + '/mirror' }); const lat = [];
  const ac = new AbortController(); const after = await log.head();
  const it = r.follow({ after }, ac.signal)[Symbol.asyncIterator]();
  for (let i = 0; i < 100; i++) { await new Promise((x) => setTimeout(x, 5 + Math.random() * 20)); const t = performance.now(); const nx = it.next(); await log.append([{ stream: 'l' + i, expectedRevision: -1, events: [ev()] }]); const ta = performance.now(); await nx; lat.push([performance.now() - t, ta - t]); }
  const q = (k, p) => lat.map((x) => x[k]).sort((a, b) => a - b)[Math.floor(p * lat.length)].toFixed(1);
  console.log('append→visible in mirror p50', q(0, 0.5), 'p99', q(0, 0.99), ' append alone p50', q(1, 0.5)); ac.abort(); await r.close(); }
stop.abort(); await m; rmSync(d + '/mirror', { recursive: true });
{ const c = new Connection(url); const ac = new AbortController(); let n = 0; const t = performance.now(); for await (const b of subscribe(c, { after: '', batch: 1000 }, ac.signal)) { n += b.events.length; if (n >= 50000) break; } console.log('raw subscribe', Math.round(n / ((performance.now() - t) / 1000)), '/s', n); await c.close(); }
{ const t = performance.now(); const s2 = new AbortController(); m = runMirror({ url, dir: d + '/mirror', signal: s2.signal, onProgress: (p) => { prog = p; if (p.events >= 50000) s2.abort(); } }); await m; console.log('mirror catch-up', Math.round(prog.events / ((performance.now() - t) / 1000)), '/s', prog.events); }
await log.close(); child.kill(); process.exit();
