import { DEFAULT_COMPANY } from '@throughline/contracts';
import { describe, expect, test } from '@jest/globals';
import { checked, homesOf, METRIC_HOMES, PROJECTION_NAMES, projectionNamed, PROJECTIONS } from '../src/projections.ts';
import type { Projection } from '../src/projections.ts';

const crm = projectionNamed('crm');
const as =
  (name: string, projection: Projection = crm): Projection =>
  (company, documents) => ({ ...projection(company, documents), name });

describe('The projections that there are', () => {
  test('are found by the name that each has itself', () => {
    expect(PROJECTION_NAMES).toEqual(expect.arrayContaining(['crm', 'cem', 'balance']));
    for (const name of PROJECTION_NAMES) expect(projectionNamed(name)(DEFAULT_COMPANY).name).toBe(name);
  });

  test('are told to whoever names one that there is not', () => {
    for (const name of ['none', 'constructor', '']) {
      expect(() => projectionNamed(name)).toThrow(
        expect.objectContaining({ code: 'not-found', detail: expect.stringContaining(PROJECTION_NAMES.join(', ')) }),
      );
    }
  });

  test('have each metric once, with all that says what it is', () => {
    const metrics = PROJECTION_NAMES.flatMap((name) => PROJECTIONS.get(name)!(DEFAULT_COMPANY).metrics ?? []);
    expect([...METRIC_HOMES.keys()]).toEqual(metrics.map(({ name }) => name));
    for (const { formula, population, source } of metrics) expect([formula, population, source]).not.toContain('');
    expect(METRIC_HOMES.get('balance-grid')?.projection).toBe('balance');
  });

  test('cannot be two of one metric', () => {
    expect(() => homesOf(checked({ crm, other: as('other') }))).toThrow(/is a metric of crm and of other/);
  });

  test.each(['identity', 'Crm', 'my-own', 'a_b', '1st', 'x'.repeat(33)])('cannot be called %s', (name) => {
    expect(() => checked({ [name]: as(name) })).toThrow(/is no name for a projection/);
  });

  test('cannot be registered under another name than their own', () => {
    expect(() => checked({ other: crm })).toThrow('A projection is registered as other, and calls itself crm.');
  });
});
