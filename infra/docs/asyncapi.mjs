/** docs/reference/asyncapi.json: the topics that are read and written, in AsyncAPI 3, from the schemas that the services use. */
import { changesAsyncApi } from '@throughline/changes';
import { intakeAsyncApi } from '@throughline/ingestion-service';

const PARTS = [intakeAsyncApi(), changesAsyncApi()];

export function render() {
  const all = (name) => Object.assign({}, ...PARTS.map((part) => part[name]));
  return JSON.stringify({
    asyncapi: '3.0.0',
    info: {
      title: 'Throughline over Kafka',
      version: '1.0.0',
      description: 'What channel systems send to Throughline over Kafka, and what it sends.',
    },
    defaultContentType: 'application/json',
    channels: all('channels'),
    operations: all('operations'),
    components: { messages: all('messages'), schemas: all('schemas') },
  });
}
