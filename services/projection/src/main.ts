import { startAlong } from '@throughline/engines';
import { serve } from '@throughline/runtime';
import { partOf, startProjectionNamed } from './start-projection-named.ts';
import { whichProjection } from './which.ts';

await serve(4605, (settings) => {
  const name = whichProjection();
  return startAlong(settings, partOf(name), ({ changes, ...along }) =>
    startProjectionNamed(name, { ...along, changes: changes(), company: settings.company }),
  );
});
