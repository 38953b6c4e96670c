import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { startBalanceProjection } from './index.ts';

await serve(4607, (settings) =>
  startAlong(settings, 'balance-projection', ({ changes, ...along }) =>
    startBalanceProjection({ ...along, changes: changes(), company: settings.company }),
  ),
);
