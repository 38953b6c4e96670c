import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { startBalanceProjection } from './index.ts';

await serve(4607, (settings) =>
  startAlong(settings, 'balance-projection', ({ log, writer, views, watch, changes }) =>
    startBalanceProjection({ log, writer, views, watch, changes: changes(), company: settings.company }),
  ),
);
