import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { startCrmProjection } from './index.ts';

await serve(4605, (settings) =>
  startAlong(settings, 'crm-projection', ({ log, writer, views, watch, changes }) =>
    startCrmProjection({ log, writer, views, watch, changes: changes(), company: settings.company }),
  ),
);
