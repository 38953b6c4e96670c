import { DEFAULT_COMPANY } from '@throughline/contracts';
import { describeProjectionLaws } from '../../contracts/test-kit/projection-laws.ts';
import { cemProjection } from '../src/index.ts';

describeProjectionLaws(cemProjection(DEFAULT_COMPANY));
describeProjectionLaws(cemProjection({ ...DEFAULT_COMPANY, timeZone: 'America/New_York' }), {
  types: [
    'order.placed',
    'order.delivered',
    'order.cancelled',
    'review.posted',
    'call.ended',
    'chat.ended',
    'case.opened',
  ],
});
