/** Repairs asked of services that run apart: command-api reads the views where they are, and the gateway knows whom to ask. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Apart, canRunFleet } from './fleet-kit.ts';

jest.setTimeout(300_000);

const suite = canRunFleet('repairs of services that run apart') ? describe : describe.skip;

suite('Services apart', () => {
  const apart = new Apart();
  beforeAll(() => apart.start());
  afterAll(() => apart.stop());

  test('rebuild a customer, who shows the same', async () => {
    const identifiers = [{ type: 'email', value: 'ada@example.com' }];
    const data = { channel: 'phone', identifiers, facts: { outcome: 'answered', waitSeconds: 30 } };
    const call = { id: 'call-1', source: 'apart', type: 'call.ended', time: '2026-03-01T10:00:00Z', data };
    const headers = { 'content-type': 'application/x-ndjson' };
    const body = JSON.stringify(call);
    const sent = await fetch(`${apart.url}/touchpoints`, { method: 'POST', headers, body });
    const { position } = (await sent.json()) as { position: string };
    const shown = async (...more: string[]) => {
      const { code, out, err } = await apart.run('customer', 'email:ada@example.com', '--json', ...more);
      if (code !== 0) throw new Error(err);
      const { position: _, ...customer } = JSON.parse(out) as Record<string, unknown>;
      return customer;
    };
    const before = await shown('--after', position);
    const { code, out, err } = await apart.run('customer', 'rebuild', 'email:ada@example.com', '--wait');
    expect([code, out, err]).toEqual([0, expect.stringMatching(/folded again from 1 subject/), '']);
    expect(await shown()).toEqual(before);
    expect((await apart.run('parked', 'redrive', 'cem', '--all', '--wait')).out).toBe('cem: nothing is parked.\n');
  });
});
