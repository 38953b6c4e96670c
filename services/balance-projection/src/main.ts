import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { startBalanceProjection } from './index.ts';

await serve(4607, (settings) =>
  startAlong(settings, 'balance-projection', ({ log, writer, views }) =>
    startBalanceProjection({ log, writer, views, company: settings.company }),
  ),
);
