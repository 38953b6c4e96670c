import {
  keyOf,
  normalise,
  ThroughlineError,
  type IdentityGraph,
  type Key,
  type RefusalReason,
} from '@throughline/contracts';
import type { ShownIdentity } from '@throughline/engines';
import { preview, Rules, rulesIn, type Preview, type RequestEvent } from '@throughline/identity';
import type { IdentifierBody, LinkBody, MoveBody, SplitBody, UndoBody } from './bodies.ts';

/** Turns what stewards send into requests about keys, and looks what they would change. */
export class Stewardship {
  readonly #identity: Pick<ShownIdentity, 'ask' | 'current'>;
  readonly #secret: Uint8Array;
  readonly #region: string;

  /** @param region What a phone number without a country is read in, ISO 3166. */
  constructor(identity: Pick<ShownIdentity, 'ask' | 'current'>, secret: Uint8Array, region: string) {
    this.#identity = identity;
    this.#secret = secret;
    this.#region = region;
  }

  link(id: string, { a, b, reason, author }: LinkBody): Promise<RequestEvent> {
    return this.#identity.ask((graph) => {
      const data = { a: { ...this.#key(graph, a, 'a') }, b: { ...this.#key(graph, b, 'b') }, reason, author };
      return { id, type: 'identity.link-requested', data };
    });
  }

  /** @param known The same request as it was taken before: what is left of the customer may be another by now. */
  split(
    id: string,
    { customer, apart, reason, author }: SplitBody,
    known: RequestEvent | undefined,
  ): Promise<RequestEvent> {
    return this.#identity.ask((graph) => {
      const leaving = apart.map((identifier, n) => ({ ...this.#key(graph, identifier, `apart[${n}]`) }));
      const rest = known?.type === 'identity.split-requested' ? known.data.rest : restOf(graph, customer, leaving);
      return { id, type: 'identity.split-requested', data: { apart: leaving, rest, reason, author } };
    });
  }

  move(id: string, { from, to, touchpoints, span, reason, author }: MoveBody): Promise<RequestEvent> {
    return this.#identity.ask((graph) => {
      const data = {
        from: this.#key(graph, from, 'from').key,
        to: this.#key(graph, to, 'to').key,
        ...(touchpoints && { touchpoints }),
        ...(span && { span: { from: span.from, to: span.to } }),
        reason,
        author,
      };
      return { id, type: 'identity.move-requested', data };
    });
  }

  undo(id: string, requestId: string, { reason, author }: UndoBody): RequestEvent {
    return { id, type: 'identity.request-undone', data: { requestId, reason, author } };
  }

  /** @param at When it is asked for, epoch milliseconds. */
  async preview(request: RequestEvent, at: number): Promise<Preview> {
    const { reader, documents } = await this.#identity.current();
    const rules = new Rules(rulesIn(documents), (identifier) => keyOf(this.#secret, identifier));
    return await reader.ask((graph) => preview(graph, rules, request, at));
  }

  /**
   * Says so at once when identity would refuse a link. Advice only: identity decides for itself, on all that is before the
   * request in the log.
   *
   * @throws ThroughlineError `cannot-decide` with the rule that it breaks.
   */
  async advise(request: RequestEvent, at: number): Promise<void> {
    if (request.type !== 'identity.link-requested') return;
    const asked = [request.data.a.key, request.data.b.key];
    const refused = (await this.preview(request, at)).refused.find(
      ({ a, b }) => asked.includes(a.key) && asked.includes(b.key),
    );
    if (refused) throw new ThroughlineError('cannot-decide', BROKEN[refused.reason]);
  }

  #key(graph: IdentityGraph, { type, value, key }: IdentifierBody, field: string): Key {
    if ((value === undefined) === (key === undefined))
      throw new ThroughlineError('invalid-request', `${field} needs a value or a key.`);
    if (key !== undefined) {
      const known = graph.key(key)?.type ?? type;
      if (known === undefined) throw new ThroughlineError('not-found', `${field} is an unknown key; say its type.`);
      return { type: known, key };
    }
    if (type === undefined) throw new ThroughlineError('invalid-request', `${field} needs a type.`);
    const normalised = normalise(type, value!, this.#region);
    if (!normalised.ok) throw new ThroughlineError('invalid-request', `${field} is ${normalised.reason}.`);
    return { type, key: keyOf(this.#secret, { type, value: normalised.value }) };
  }
}

function restOf(graph: IdentityGraph, customer: string, leaving: readonly Key[]): RequestKey[] {
  const record = graph.key(customer);
  if (!record) throw new ThroughlineError('customer-not-found');
  const members = graph.members(record.customer);
  const stranger = leaving.findIndex(({ key }) => !members.includes(key));
  if (stranger >= 0) throw new ThroughlineError('cannot-decide', `apart[${stranger}] is no key of this customer.`);
  const apart = new Set(leaving.map(({ key }) => key));
  return members.filter((key) => !apart.has(key)).map((key) => ({ type: graph.key(key)!.type, key }));
}

type RequestKey = Extract<RequestEvent, { type: 'identity.split-requested' }>['data']['rest'][number];

const BROKEN: Readonly<Record<RefusalReason, string>> = {
  unique: 'One customer would have two keys of a type of which there is one each.',
  limit: 'One customer would have too many keys of a type.',
  shared: 'A shared device does not make two people one.',
  hub: 'One of them is seen with too many others.',
  separated: 'A steward’s split keeps them apart: undo that first.',
  blocked: 'One of them is blocked: it is nobody’s identifier.',
  'too-large': 'The customer would have too many keys.',
};
