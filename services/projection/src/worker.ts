import { serveProjection } from '@throughline/projection';
import { projectionNamed } from '@throughline/projections';

await serveProjection(projectionNamed);
