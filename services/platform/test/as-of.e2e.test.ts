import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { touchpointId } from '@throughline/contracts';
import { Child, dataFolder, touchpoint, type Body } from './child.ts';

const STEPS = 60;
const DAY_MS = 86_400_000;
const STEWARD = { author: 'ada', reason: 'a test' };

let data: ReturnType<typeof dataFolder>;
let platform: Child;
beforeEach(async () => {
  data = dataFolder();
  platform = await Child.start(data.path);
});
afterEach(async () => {
  await platform.stop();
  data.remove();
});

/** The same numbers each time, below a bound. */
function randomOf(seed: string): (below: number) => number {
  let n = 0;
  return (below) => createHash('sha256').update(`${seed} ${n++}`).digest().readUInt32BE() % below;
}

/** What a platform showed at some moment, of whoever was known. */
interface Moment {
  readonly knownAt: string;
  readonly shown: ReadonlyMap<string, Body>;
}

/** A history full of trouble: shared phones, retractions, links, splits, moves, undoings, and what is told late. */
class Trouble {
  readonly #random = randomOf('trouble');
  readonly #sent: { readonly id: string; readonly email: string }[] = [];
  readonly #requests: string[] = [];
  /** The keys that were seen, by who wrote them. */
  readonly keys = new Map<string, string>();
  #n = 0;

  async step(): Promise<void> {
    const chance = this.#random(100);
    if (chance < 15 && this.#sent.length > 0) return await this.#retract();
    if (chance < 22) return await this.#ask('link', { a: this.#email(), b: this.#phone() });
    if (chance < 30) return await this.#split();
    if (chance < 40) return await this.#move();
    if (chance < 48 && this.#requests.length > 0) return await this.#undo();
    await this.#happen();
  }

  async #happen(): Promise<void> {
    const id = `t${this.#n++}`;
    const person = this.#random(5);
    const email = `p${person}@example.com`;
    // Now and then a phone is somebody else's.
    const phone = this.#random(4) === 0 ? this.#random(5) : person;
    const identifiers = { email, ...(this.#random(2) === 0 && { phone: `+1202555014${phone}` }) };
    const time = new Date(Date.now() - this.#random(60 * 24) * (DAY_MS / 24) - 1000).toISOString();
    const [type, facts] = [
      [
        'order.placed',
        { orderId: `o${this.#random(9)}`, amount: { minor: 1000 + this.#random(9000), currency: 'EUR' } },
      ],
      ['call.ended', { outcome: 'answered', waitSeconds: this.#random(900), talkSeconds: 60 }],
      [
        'survey.answered',
        { surveyId: 's', kind: 'relational', question: 'nps', score: this.#random(11), scaleMin: 0, scaleMax: 10 },
      ],
      ['case.opened', { caseId: `c${this.#random(9)}` }],
    ][this.#random(4)] as [string, Record<string, unknown>];
    this.#sent.push({ id: touchpointId('e2e', id), email });
    await this.#send(touchpoint(id, type, time, identifiers, facts, 'phone'));
  }

  async #retract(): Promise<void> {
    const { id } = this.#sent[this.#random(this.#sent.length)]!;
    const time = new Date().toISOString();
    await this.#send(touchpoint(`r${this.#n++}`, 'touchpoint.retracted', time, {}, { touchpointId: id }));
  }

  async #split(): Promise<void> {
    const [customer] = [...this.keys.values()].slice(this.#random(this.keys.size));
    const { status, body } = await platform.get(`/customers/${customer}`);
    if (status !== 200 || body.keys.length < 2) return;
    const { key } = body.keys[this.#random(body.keys.length)];
    await this.#ask('split', { customer: body.id, apart: [{ key }] });
  }

  async #move(): Promise<void> {
    const from = Date.now() - this.#random(60) * DAY_MS;
    const span = { from: new Date(from).toISOString(), to: new Date(from + 10 * DAY_MS).toISOString() };
    const sent = this.#sent[this.#random(this.#sent.length || 1)];
    const what = sent && this.#random(2) === 0 ? { touchpoints: [sent.id] } : { span };
    await this.#ask('move', {
      from: sent ? { type: 'email', value: sent.email } : this.#email(),
      to: this.#email(),
      ...what,
    });
  }

  async #undo(): Promise<void> {
    const [id] = this.#requests.splice(this.#random(this.#requests.length), 1);
    await this.#ask(`requests/${id}/undo`, {});
  }

  async #ask(what: string, asked: object): Promise<void> {
    const { status, body } = await platform.post(`/identities/${what}`, { ...STEWARD, ...asked });
    if (status >= 400) return;
    if (body.requestId) this.#requests.push(body.requestId);
    await seen(body.position);
  }

  async #send(sent: object): Promise<void> {
    const { status, body } = await platform.post('/touchpoints', sent);
    expect([status, body.quarantined]).toEqual([200, []]);
    await seen(body.position);
  }

  #email() {
    return { type: 'email', value: `p${this.#random(5)}@example.com` };
  }

  #phone() {
    return { type: 'phone', value: `+1202555014${this.#random(5)}` };
  }
}

const seen = async (position: string) => {
  expect((await platform.get(`/customers?limit=1&after=${position}&timeout=30000`)).status).toBe(200);
};

/** Everybody who is shown, and every id that anybody ever had. */
async function shownNow(ids: Set<string>): Promise<Moment> {
  await sleep(3);
  const knownAt = new Date().toISOString();
  await sleep(3);
  for (const { id } of (await platform.get('/customers?limit=200')).body.items) {
    const { keys } = (await platform.get(`/customers/${id}`)).body;
    for (const { key } of keys) ids.add(key);
  }
  const shown = new Map<string, Body>();
  for (const id of ids) shown.set(id, (await platform.get(`/customers/${id}`)).body);
  return { knownAt, shown };
}

/** Of an answer, what does not say when it was asked. The order of keys means nothing. */
function told({ code, id, askedFor, incomplete, keys, crm, cem, balance }: Body): Body {
  if (code) return code;
  const sorted = keys.toSorted((a: Body, b: Body) => (a.key < b.key ? -1 : 1));
  return { id, askedFor, incomplete, keys: sorted, crm, cem, balance };
}

jest.setTimeout(240_000);

describe('a customer as of an earlier moment', () => {
  test('is what the platform showed at that moment, whatever came to be known since', async () => {
    const trouble = new Trouble();
    const ids = new Set<string>();
    const moments: Moment[] = [];
    for (let i = 0; i < STEPS; i++) {
      await trouble.step();
      moments.push(await shownNow(ids));
      for (const id of ids) trouble.keys.set(id, id);
    }
    let customers = 0;
    for (const { knownAt, shown } of moments) {
      for (const [id, body] of shown) {
        const asOf = body.crm ? `asOf=${body.crm.day}&` : '';
        const then = await platform.get(`/customers/${id}?${asOf}knownAt=${knownAt}`);
        expect(told(then.body)).toEqual(told(body));
        if (body.crm) customers++;
      }
    }
    // Customers came together and apart, and nothing said so twice.
    const sizes = new Set(moments.flatMap(({ shown }) => [...shown.values()].map((body) => body.keys?.length)));
    expect(sizes.size).toBeGreaterThan(2);
    expect(customers).toBeGreaterThan(STEPS);
  });
});
