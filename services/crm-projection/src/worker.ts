import { crmProjection } from '@throughline/crm';
import { serveProjection } from '@throughline/projection';

await serveProjection(crmProjection);
