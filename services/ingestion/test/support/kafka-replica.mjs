// Intake from Kafka into the log of a folder, in a process of its own, until it is killed.
import { openLog } from '@throughline/event-log';
import { createLogger, createMetrics, readKafkaSettings } from '@throughline/runtime';
import { startKafkaIntake } from '../../dist/index.js';

const [dir] = process.argv.slice(2);
const log = await openLog({ dir });
const intake = startKafkaIntake({
  settings: readKafkaSettings(),
  log,
  secret: new Uint8Array(Buffer.from('ingestion test secret, 32 bytes!')),
  phoneRegion: 'US',
  metrics: createMetrics(),
  logger: createLogger('silent'),
  sessionMs: 1_500,
});
setInterval(() => process.send({ events: log.stats().events }), 20);
process.once('message', async () => {
  await intake.stop();
  await log.close();
  process.exit(0);
});
