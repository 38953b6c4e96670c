/** A channel that follows the topic of changes as the guide says. */
import type { CustomerChange } from '@throughline/contracts';
import kafkajs from 'kafkajs';

/** All that is told so far, in the order of each partition. */
export async function readChanges(broker: string, topic: string): Promise<readonly CustomerChange[]> {
  const kafka = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const count = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const changes: CustomerChange[] = [];
  if (count === 0) return changes;
  const consumer = kafka.consumer({ groupId: `channel-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve) => {
    void consumer.run({
      async eachMessage({ message: { key, value } }) {
        const { data, subject } = JSON.parse(String(value)) as { data: CustomerChange; subject: string };
        if (subject !== String(key) || data.customer !== subject)
          throw new Error(`${subject} is not told under its key.`);
        changes.push(data);
        if (changes.length === count) resolve();
      },
    });
  });
  await consumer.disconnect();
  return changes;
}

/** By projection and customer, what is news: what comes with no greater position than the last is known already. */
export function newsOf(changes: readonly CustomerChange[]): ReadonlyMap<string, readonly CustomerChange[]> {
  const news = new Map<string, CustomerChange[]>();
  for (const change of changes) {
    const name = `${change.projection} ${change.customer}`;
    const known = news.get(name) ?? [];
    if (change.position > (known.at(-1)?.position ?? '')) news.set(name, [...known, change]);
  }
  return news;
}
