/**
 * What a channel sends: a CloudEvents 1.0 envelope (attribute names in lower case) around one touchpoint. This is the wire
 * format of `POST /touchpoints`, of Kafka messages, of `throughline simulate` and of the import.
 */
import { Closed, Doc, Form, Free, ListOf, Nested, OneOf, Optional, Text, Time, Words } from './catalogue/fields.ts';
import type { JsonObject } from './json.ts';
import type { Dimension, Facts, Identifier } from './touchpoint.ts';

@Closed()
export class IdentifierInput implements Identifier {
  @Doc('What kind it is, lower case: `email`, `phone`, `customer`, `order`…')
  @Form(/^[a-z][a-z0-9_.-]{0,63}$/, 'a lower-case word such as email')
  type!: string;
  @Doc('As the source has it; intake normalises it. An empty or made-up value is left out, and the touchpoint flagged.')
  @Text(0, 512)
  value!: string;
}

/** One dimension's value. */
const Dim =
  (description: string): PropertyDecorator =>
  (target, name) => {
    for (const decorate of [Doc(description), Optional(), Text(1, 200)]) decorate(target, name);
  };

/** `data` of a touchpoint. */
@Closed()
export class TouchpointInputData implements Partial<Record<Dimension, string>> {
  @Dim('The interface it went over: `web`, `app`, `phone`, `email`, `store`…') readonly channel?: string;
  @Dim('The brand the customer saw.') readonly brand?: string;
  @Dim('The market it happened in.') readonly market?: string;
  @Dim('The system that served: `genesys`, `shop`…') readonly platform?: string;
  @Dim('The product it was about.') readonly product?: string;
  @Dim('The team that served.') readonly team?: string;
  @Dim('The process that was followed.') readonly process?: string;
  @Doc('Whom it was about: every identifier the source knows. None: it is about nobody known.')
  @Optional()
  @ListOf(() => IdentifierInput, 50)
  readonly identifiers?: readonly Identifier[];
  @Doc('What happened. Nothing in here identifies a person. Facts beyond the catalogue’s are kept.')
  @Optional()
  @Free()
  readonly facts?: Facts;
  @Doc('Personal data: name, address, birthday…')
  @Optional()
  @Free()
  readonly traits?: JsonObject;
  @Doc('Personal data: what the customer wrote or said.')
  @Optional()
  @Text(0, 100_000)
  readonly text?: string;
  @Doc('Where it came from, for tracing back: a file and line, a topic and offset.')
  @Optional()
  @Free()
  readonly origin?: JsonObject;
  @Doc('What the source finds worth saying about it, such as `simulated`.')
  @Optional()
  @Words(/^[a-z][a-z0-9:_.-]{0,99}$/, 'a lower-case word such as simulated', 20)
  readonly flags?: readonly string[];
}

/** The envelope. Attributes it does not name (CloudEvents extensions) are kept with the personal data: nobody knows what is in them. */
export class TouchpointInput {
  @Optional() @OneOf('1.0') readonly specversion?: '1.0';
  @Doc(
    'The source’s own id of this touchpoint; `source` and `id` together are its identity, so sending it again is safe.',
  )
  @Text(1, 512)
  readonly id!: string;
  @Doc('The system that says so, a URI reference: `shop`, `//genesys/eu`.')
  @Text(1, 512)
  readonly source!: string;
  @Doc('`noun.verb`, lower case, the verb in the past tense.')
  @Form(/^(?=.{3,100}$)[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/, 'noun.verb in lower case, such as order.placed')
  readonly type!: string;
  @Doc('When it happened to the customer, by the sender’s clock.')
  @Time()
  readonly time!: string;
  @Doc('When the sender sent it, by the same clock; a skewed clock is corrected by it.')
  @Optional()
  @Time()
  readonly sentat?: string;
  @Doc('Ties what one cause led to across systems and logs.')
  @Optional()
  @Text(1, 200)
  readonly correlationid?: string;
  @Nested(() => TouchpointInputData) readonly data!: TouchpointInputData;
}

/** The attributes of the envelope that mean something to Throughline. */
export const ENVELOPE_ATTRIBUTES: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'time',
  'sentat',
  'correlationid',
  'data',
] satisfies (keyof TouchpointInput)[]);

/** CloudEvents allows an extension attribute this name and these values. */
export function isExtension(name: string, value: unknown): boolean {
  return (
    /^[a-z0-9]{1,40}$/.test(name) &&
    (typeof value === 'boolean' || Number.isFinite(value) || (typeof value === 'string' && value.length <= 2048))
  );
}
