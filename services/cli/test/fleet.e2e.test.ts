/** The bank's rows through Kafka, to services that run apart. */
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mapFile } from '@throughline/mapping';
import { openFile, openJoins, openMap } from '../src/import/open-map.ts';
import { expectCallsStitched, expectKnownAnswers, exportOf, FILES, mapOf, ROWS } from './bank-answers.ts';
import { Apart, canRunFleet, type Message } from './fleet-kit.ts';
import { whereDataIs } from './kit.ts';

jest.setTimeout(900_000);

/** A file's rows as the messages of a channel system that knows its source ids. */
async function messagesOf(name: (typeof FILES)[number]): Promise<Message[]> {
  const [file, map] = [exportOf(name), openMap(mapOf(name))];
  const joins = await openJoins(map, mapOf(name), file, new Map());
  const messages: Message[] = [];
  for await (const rows of mapFile(map, joins, openFile(file), basename(file))) {
    for (const row of rows) {
      if (row.kind !== 'mapped') throw new Error(`${name}, line ${row.line}: ${row.kind}`);
      for (const touchpoint of row.touchpoints) {
        messages.push({ key: `${touchpoint.source} ${touchpoint.id}`, value: JSON.stringify(touchpoint) });
      }
    }
  }
  return messages;
}

const suite = canRunFleet('the bank’s known answers through Kafka') ? whereDataIs : describe.skip;

suite('The bank through Kafka, to three replicas of intake of which one is killed in the middle', () => {
  const apart = new Apart();
  beforeAll(async () => {
    await apart.start({ ingestion: 3 });
    for (const name of FILES) {
      const messages = await messagesOf(name);
      expect(messages).toHaveLength(ROWS[name]);
      const published = apart.publish(messages);
      if (name === 'complaints') {
        await apart.untilSomeCommitted();
        await apart.killService('ingestion-2');
      }
      await published;
    }
    await apart.settled();
  });
  afterAll(() => apart.stop());

  test('gives every known answer', () => expectKnownAnswers(apart));

  test('puts every call with the customer it belongs to', () => expectCallsStitched(apart, 20));
});
