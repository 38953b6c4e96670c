/**
 * The bank's known answers after an import through the real command line: in file order, sent twice, with files and rows in another order, and with the platform and the import killed on the way.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { answerSheet, expectCallsStitched, expectKnownAnswers, exportOf, FILES, mapOf, ROWS } from './bank-answers.ts';
import { ended, Platform, shuffled, whereDataIs } from './kit.ts';

jest.setTimeout(600_000);

whereDataIs('The bank, in file order', () => {
  const platform = new Platform();
  beforeAll(async () => {
    await platform.start();
    for (const name of FILES)
      expect(await platform.import(`retail-bank/${name}`, exportOf(name))).toMatchObject({
        rows: ROWS[name],
        accepted: ROWS[name],
        duplicates: 0,
        quarantined: 0,
      });
  });
  afterAll(() => platform.stop());

  test('gives every known answer', () => expectKnownAnswers(platform));

  test('puts every call with the customer it belongs to', () => expectCallsStitched(platform, 4));

  test('shows the customer behind a call that only a learned phone number ties to them', async () => {
    const [call] = answerSheet().byTaughtOnly;
    const phone = call!.phone;
    const { code, out } = await platform.run('customer', `phone:${phone}`);
    expect(code).toBe(0);
    expect(out).toContain('client C0000');
    expect(out).toContain('What the company is to them');
  });

  describe('sent once more', () => {
    beforeAll(async () => {
      for (const name of FILES)
        expect(await platform.import(`retail-bank/${name}`, exportOf(name))).toMatchObject({
          accepted: 0,
          duplicates: ROWS[name],
          quarantined: 0,
        });
    });
    test('gives the same answers', () => expectKnownAnswers(platform));
  });
});

whereDataIs('The bank, with files and rows in another order, killed on the way', () => {
  const platform = new Platform();
  beforeAll(async () => {
    await platform.start();
    for (const file of [...FILES, 'districts']) shuffled(exportOf(file), platform.folder);
    const copyOf = (name: string) => join(platform.folder, `${name}.csv`);

    // The platform dies while calls come in, and is back before the import gives up: the import goes on by itself.
    const calls = platform.begin('import', copyOf('calls'), '--map', mapOf('calls'), '--json');
    const callsEnded = ended(calls);
    await untilSomeAreIn(platform);
    await platform.kill();
    await platform.start();
    const { code, out, err } = await callsEnded;
    expect([code, err]).toEqual([0, expect.any(String)]);
    const [{ accepted, duplicates }] = (JSON.parse(out) as { files: [{ accepted: number; duplicates: number }] }).files;
    expect(accepted + duplicates).toBe(ROWS.calls);

    // Platform and import both die in the middle of the complaints; the import is run again.
    const complaints = platform.begin('import', copyOf('complaints'), '--map', mapOf('complaints'));
    const complaintsEnded = ended(complaints);
    await untilSomeAreIn(platform, 'complaints');
    await platform.kill();
    complaints.kill('SIGKILL');
    await complaintsEnded;
    await platform.start();
    for (const name of ['reviews', 'complaints', 'clients', 'calls'] as const) {
      const report = await platform.import(`retail-bank/${name}`, copyOf(name));
      expect(report.accepted + report.duplicates).toBe(ROWS[name]);
    }
  });
  afterAll(() => platform.stop());

  test('gives every known answer', () => expectKnownAnswers(platform));

  test('puts every call with the customer it belongs to', () => expectCallsStitched(platform, 20));
});

/** Until the views show some touchpoints of a kind, but, with luck, not all of them: the kill then falls in the middle. */
async function untilSomeAreIn(platform: Platform, metric = 'calls'): Promise<void> {
  while (((await platform.metric(metric))['all']?.n ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
