// A development node in a process of its own, so that it can be killed. Says where it listens.
import { startDevNode } from '@throughline/dev-node';

const [dir, port] = process.argv.slice(2);
const node = await startDevNode({ dir, port: Number(port) });
process.send({ url: node.url, port: node.port });
process.on('disconnect', () => process.exit());
