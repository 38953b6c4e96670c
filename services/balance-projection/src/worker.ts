import { balanceProjection } from '@throughline/balance';
import { serveProjection } from '@throughline/projection';

await serveProjection(balanceProjection);
