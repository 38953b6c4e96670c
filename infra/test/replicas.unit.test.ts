import { describe, expect, test } from '@jest/globals';
import { replicasIn } from '../services/replicas.mjs';

describe('replicas of services', () => {
  test('are counted by service', () => {
    expect(replicasIn([])).toEqual({});
    expect(replicasIn(['crm-projection=2', 'ingestion=3'])).toEqual({ 'crm-projection': 2, ingestion: 3 });
  });

  test.each(['crm', 'crm=2', 'ingestion=0', 'ingestion=x', 'mirror=2', 'gateway=2', '--help'])(
    'cannot be asked for by %s, and a sentence says so',
    (arg) => expect(replicasIn([arg])).toContain(`${arg} is not`),
  );
});
