/** The hot path's judge: the compiled schemas. Only what it refuses is read again, in words, by class-validator. */
import {
  BOUNDED,
  CATALOGUE,
  catalogueEntry,
  DUPLICATED,
  ENVELOPE_ATTRIBUTES,
  factsSchema,
  faultsOf,
  FORMATS,
  isBoundedObject,
  isExtension,
  isUnfitRow,
  touchpointSchema,
  type CataloguedType,
  type TouchpointInput,
} from '@throughline/contracts';
import { Ajv } from 'ajv';

const ajv = new Ajv({
  formats: { ...FORMATS },
  keywords: [
    {
      keyword: BOUNDED,
      type: 'object',
      validate: (_: unknown, value: unknown) => isBoundedObject(value),
      errors: false,
    },
  ],
});

const isEnvelope = ajv.compile<TouchpointInput>(touchpointSchema());
const factJudges = new Map(
  Object.keys(CATALOGUE).map((type) => [type, ajv.compile(factsSchema(type as CataloguedType))] as const),
);
const NO_FACTS = {};

/** Whether it may be accepted as it is. A type outside the catalogue may have any facts. */
export function isTouchpoint(value: unknown): value is TouchpointInput {
  if (!isEnvelope(value) || value.type === DUPLICATED) return false;
  for (const name in value) {
    if (!ENVELOPE_ATTRIBUTES.has(name) && !isExtension(name, value[name as keyof TouchpointInput])) return false;
  }
  return hasFacts(value.type, value.data.facts ?? NO_FACTS);
}

/** Whether facts are as their type's class says; those of a type outside the catalogue always are. */
export function hasFacts(type: string, facts: unknown): boolean {
  return factJudges.get(type)?.(facts) ?? true;
}

/** The row itself says which field did not fit; its words are the sender's, and are not repeated here. */
const UNFIT_ROW = 'It is a row of an export that its map could not make a touchpoint of: what was sent says why.';

/** Why `isTouchpoint` said no, for a person; in the schema's own words where class-validator finds nothing in what it looks at. */
export function whyNot(value: unknown): string {
  if (isUnfitRow(value)) return UNFIT_ROW;
  const faults = faultsOf(value);
  if (faults.length > 0) return `${faults.join('; ')}.`;
  if (!isEnvelope(value)) return schemaFault('', isEnvelope.errors);
  const judge = factJudges.get(value.type);
  judge?.(value.data.facts ?? NO_FACTS);
  return schemaFault('/data/facts', judge?.errors);
}

function schemaFault(path: string, errors: typeof isEnvelope.errors): string {
  const [error] = errors ?? [];
  return error
    ? `${path}${error.instancePath} ${error.message}.`.slice(1).replaceAll('/', '.')
    : 'It does not match its schema.';
}

/** The version of the type's schema; 0 for a type outside the catalogue. */
export function schemaVersion(type: string): number {
  return catalogueEntry(type)?.schema ?? 0;
}
