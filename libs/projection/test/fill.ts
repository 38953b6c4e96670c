import { join } from 'node:path';
import { touchpointStream, uuidv5, NAMESPACE, type JsonObject } from '@throughline/contracts';
import { openLog, type Append } from '@throughline/event-log';

const EVENTS = 3_000;
const SUBJECTS = 150;

/** Touchpoints of many subjects, some retracted, some keys linked as it goes. */
export async function fill(dir: string): Promise<void> {
  const log = await openLog({ dir: join(dir, 'log') });
  const revisions = new Map<string, number>();
  const appends: Append[] = [];
  const add = (stream: string, type: string, data: JsonObject) => {
    const expectedRevision = revisions.get(stream) ?? -1;
    revisions.set(stream, expectedRevision + 1);
    const id = uuidv5(NAMESPACE.control, `${appends.length}`);
    appends.push({ stream, expectedRevision, events: [{ id, type, occurredAt: appends.length, data, metadata: {} }] });
    return id;
  };
  for (let i = 0; i < EVENTS; i++) {
    const subject = spread((i * 7919) % SUBJECTS);
    const keys = [{ type: 'email', key: subject }];
    const stream = touchpointStream(subject);
    const id = add(stream, 'call.ended', { keys, channel: i % 2 ? 'phone' : 'web', facts: { amount: i % 13 } });
    if (i % 50 === 0) add(stream, 'touchpoint.retracted', { keys: [], facts: { touchpointId: id } });
    if (i % 40 === 0) {
      const customer = spread(i % 10);
      add('identity-v1', 'keys.linked', { cause: '', causeId: id, customer, keys });
    }
  }
  for (let i = 0; i < appends.length; i += 500) await log.append(appends.slice(i, i + 500));
  await log.close();
}

/** Subjects that begin with many different digits. */
function spread(n: number): string {
  return [...n.toString(16).padStart(32, '0')].reverse().join('');
}
