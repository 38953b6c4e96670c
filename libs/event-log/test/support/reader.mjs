// Follows the log from its beginning, in a process of its own, and reports each batch's `n` and its last position.
import { openLogReader } from '../../dist/index.js';

const [dir, count] = process.argv.slice(2);
const reader = await openLogReader({ dir });
const seen = [];
for await (const batch of reader.follow({ after: '' }, new AbortController().signal)) {
  for (const event of batch.events) seen.push(event.data.n);
  if (seen.length >= Number(count)) break;
}
const last = await reader.find([process.argv[4]]);
process.send({ seen, found: last[0]?.stream });
await reader.close();
process.disconnect();
