import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { startCemProjection } from './index.ts';

await serve(4606, (settings) =>
  startAlong(settings, 'cem-projection', ({ changes, ...along }) =>
    startCemProjection({ ...along, changes: changes(), company: settings.company }),
  ),
);
