import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { startCemProjection } from './index.ts';

await serve(4606, (settings) =>
  startAlong(settings, 'cem-projection', ({ log, writer, views }) =>
    startCemProjection({ log, writer, views, company: settings.company }),
  ),
);
