/** `node services/dev-node/dist/main.js --port 2113 --data <folder>`: one JSON line on stdout once it is ready; SIGTERM closes it. */
import { startDevNode } from './dev-node.ts';
import { readSettings } from './settings.ts';

const NOTE =
  'EventStoreDB’s protocol over the embedded log, for development and tests only: no TLS, users are ignored, loopback only.';

try {
  const settings = readSettings(process.argv.slice(2), process.env);
  const node = await startDevNode(settings);
  console.log(JSON.stringify({ msg: NOTE, url: node.url, port: node.port, data: settings.dir }));
  const stop = () => {
    void node.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
