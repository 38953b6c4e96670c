import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lines, startIntake, touchpoint, type Intake } from './intake.ts';

let intake: Intake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

describe('what one request led to has one correlation id', () => {
  test('its caller’s, for every touchpoint that names none of its own', async () => {
    const sent = [touchpoint(), touchpoint({ correlationid: 'own-1' })];
    await intake.send(sent, { 'x-correlation-id': 'call-7' });
    const events = await intake.events('touchpoint-');
    const ids = events.map(({ metadata }) => [metadata['sourceId'], metadata['$correlationId']]);
    expect(Object.fromEntries(ids)).toEqual({ [sent[0]!.id]: 'call-7', [sent[1]!.id]: 'own-1' });
  });

  test('else the one that its answer tells', async () => {
    const { headers } = await intake.send(touchpoint());
    const [event] = await intake.events('touchpoint-');
    expect(event!.metadata['$correlationId']).toBe(headers['x-correlation-id']);
  });

  test('in quarantine too, and still when it is redriven', async () => {
    const bad = { ...touchpoint(), type: 'No type' };
    const { body } = await intake.send(lines([bad]), { 'x-correlation-id': 'call-8' });
    const id = body.quarantined[0].quarantineId as string;
    await intake.post(`/quarantine/${id}/redrive`, { ...bad, type: 'order.placed' });
    const kept = [...(await intake.events('quarantine-')), ...(await intake.events('touchpoint-'))];
    expect(kept.map(({ type, metadata }) => [type, metadata['$correlationId']])).toEqual([
      ['quarantine.added', 'call-8'],
      ['quarantine.redriven', 'call-8'],
      ['order.placed', 'call-8'],
    ]);
  });

  test('nothing that looks like an address or a name becomes one in the logs of quarantine', async () => {
    await intake.send(
      { ...touchpoint({ correlationid: 'ada@example.com' }), type: 'No type' },
      { 'x-correlation-id': 'call-9' },
    );
    const [added] = await intake.events('quarantine-');
    expect(added!.metadata['$correlationId']).toBe('call-9');
  });
});
