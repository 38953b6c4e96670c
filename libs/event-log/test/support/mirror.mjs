// Keeps a mirror, in a process of its own, and says how far it has got.
import { runMirror } from '../../dist/index.js';

const [url, dir, segmentBytes] = process.argv.slice(2);
const stop = new AbortController();
process.on('disconnect', () => stop.abort());
await runMirror({
  url,
  dir,
  signal: stop.signal,
  segmentBytes: Number(segmentBytes),
  onProgress: ({ head, events }) => process.connected && process.send({ head, events }),
  onDoubt: (doubt) => process.connected && process.send({ doubt }),
});
