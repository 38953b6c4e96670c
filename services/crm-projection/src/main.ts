import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { startCrmProjection } from './index.ts';

await serve(4605, (settings) =>
  startAlong(settings, 'crm-projection', ({ changes, ...along }) =>
    startCrmProjection({ ...along, changes: changes(), company: settings.company }),
  ),
);
