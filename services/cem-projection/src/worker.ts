import { cemProjection } from '@throughline/cem';
import { serveProjection } from '@throughline/projection';

await serveProjection(cemProjection);
