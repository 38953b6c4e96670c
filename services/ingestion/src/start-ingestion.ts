import { Engines, readEngineSettings } from '@throughline/engines';
import { deploymentSecret, readKafkaSettings, startService, type Service, type Settings } from '@throughline/runtime';
import { IngestionModule } from './ingestion.module.ts';
import { startKafkaIntake } from './kafka/start.ts';

/**
 * Intake as a process of its own: over HTTP, and from Kafka where `KAFKA_BROKERS` names brokers.
 *
 * @throws SettingsError for what the environment says wrongly, and when `EVENTSTORE_URL` is not given.
 */
export function startIngestion(settings: Settings): Promise<Service> {
  return startService('ingestion', settings, async ({ logger, metrics, tracing, opened }) => {
    const kafka = readKafkaSettings();
    const engines = new Engines(readEngineSettings(), settings);
    const secret = deploymentSecret(settings);
    const { log } = engines.openSharedLog();
    opened.push(() => log.close());
    if (kafka) {
      const { phoneRegion } = settings;
      const intake = startKafkaIntake({ settings: kafka, log, secret, phoneRegion, metrics, logger, tracing });
      opened.push(() => intake.stop());
    }
    return { module: IngestionModule.forRoot({ log, secret }) };
  });
}
