import { balanceProjection } from '@throughline/balance';
import { describeProjectionLaws } from '../../contracts/test-kit/projection-laws.ts';

const COMPANY = {
  timeZone: 'America/New_York',
  currency: 'EUR',
  rates: [{ from: 'USD', day: '2020-01-01', rate: 0.9 }],
};

describeProjectionLaws(balanceProjection(COMPANY));
describeProjectionLaws(balanceProjection(COMPANY), {
  of: 'over orders and answers',
  types: ['order.placed', 'order.delivered', 'order.cancelled', 'survey.answered', 'review.posted', 'call.ended'],
});
