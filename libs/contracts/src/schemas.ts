/** The JSON Schemas of what channels send, derived from the same classes that `faultsOf` asks. For a compiling validator. */
import { CATALOGUE, type CataloguedType } from './catalogue/catalogue.ts';
import { schemaOf, type Schema } from './catalogue/fields.ts';
import { TouchpointInput } from './intake.ts';

/** The schema of the envelope with `data`; its `facts` any bounded object. */
export function touchpointSchema(): Schema {
  return schemaOf(TouchpointInput);
}

/** The schema of one type's facts. Further facts are allowed. */
export function factsSchema(type: CataloguedType): Schema {
  return schemaOf(CATALOGUE[type].facts);
}
