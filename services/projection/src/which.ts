import { PROJECTION_NAMES } from '@throughline/projections';
import { Variables } from '@throughline/runtime';

const VARIABLE = 'THROUGHLINE_PROJECTION';

/**
 * Which projection this process runs.
 *
 * @throws SettingsError unless `THROUGHLINE_PROJECTION` names one that there is.
 */
export function whichProjection(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const variables = new Variables(env);
  const name = variables.text(VARIABLE) ?? '';
  if (!PROJECTION_NAMES.includes(name)) variables.refuse(VARIABLE, `one of ${PROJECTION_NAMES.join(', ')}`);
  variables.end();
  return name;
}
