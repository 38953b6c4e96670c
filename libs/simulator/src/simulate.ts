import type { TouchpointInput, TouchpointInputData } from '@throughline/contracts';
import { person } from './person.ts';
import { Random } from './random.ts';
import { DAY, HOUR, MINUTE, type Arrival, type Stage } from './stage.ts';
import { banking } from './stories/banking.ts';
import { browse } from './stories/browse.ts';
import { campaign } from './stories/campaign.ts';
import { contact } from './stories/contact.ts';
import { identify } from './stories/identify.ts';
import { order } from './stories/order.ts';
import { survey } from './stories/survey.ts';
import { GLAD, ANGRY } from './words.ts';

export interface SimulateOptions {
  /** How many people there are; some are never seen. */
  readonly customers: number;
  readonly days: number;
  readonly seed: number;
  /** Epoch milliseconds: the days end here; what would arrive later is left out. */
  readonly until: number;
}

/** New stories a person and day: about a quarter of a touchpoint each day in all. */
const STORIES_PER_PERSON_AND_DAY = 0.045;
/** A campaign runs every so many days, for a tenth of the people. */
const CAMPAIGN_EVERY = 14;

/**
 * Touchpoints of a bank-and-shop, in the order in which they reach the platform: browsing, orders with promises kept and
 * broken, calls with waits and repeats, cases, surveys, words, campaigns with a control group, visitors who become known,
 * shared browsers; some late, some twice, some from a skewed clock. The same options give the same touchpoints, to the
 * byte; all are marked `simulated`. Memory grows with what is under way, not with the days.
 */
export function* simulate(options: SimulateOptions): Generator<TouchpointInput, void> {
  const { customers, days, seed, until } = options;
  const random = new Random(seed);
  const run = seed.toString(36);
  const start = until - days * DAY;
  // What is under way, by the day on which it will arrive.
  const arriving: Arrival[][] = [];
  let serial = 0;
  let today = 0;

  const arrive = (arrives: number, touchpoint: TouchpointInput) => {
    const day = Math.max(today, Math.floor((arrives - start) / DAY));
    if (day < days) (arriving[day] ??= []).push({ arrives, touchpoint });
  };

  const stage: Stage = {
    random,
    mood: new Float32Array(customers).map(() => 0.45 + 0.35 * random.next()),
    known: new Uint8Array(customers),
    ref: (prefix) => `${prefix}${run}-${(serial++).toString(36)}`,
    happen(at, type, system, data) {
      // A phone's clock runs wrong now and then; it says when it sent, so that it can be corrected.
      const skew = system === 'app' && random.chance(0.05) ? random.between(-90, 90) * MINUTE : 0;
      const isLate = random.chance(0.02);
      const arrives = at + (isLate ? random.exponential(20 * HOUR) : 500 + random.below(2000));
      const touchpoint: TouchpointInput = {
        specversion: '1.0',
        id: `${run}-${(serial++).toString(36)}`,
        source: `sim/${system}`,
        type,
        time: new Date(Math.round(at + skew)).toISOString(),
        ...(skew !== 0 ? { sentat: new Date(Math.round(arrives + skew)).toISOString() } : {}),
        data: simulated(data),
      };
      arrive(arrives, touchpoint);
      if (random.chance(0.005)) arrive(arrives + random.exponential(HOUR), touchpoint);
    },
  };

  for (today = 0; today < days; today++) {
    const midnight = start + today * DAY;
    const stories = random.poisson(customers * STORIES_PER_PERSON_AND_DAY);
    for (let story = 0; story < stories; story++) {
      // A few people do most of it.
      const who = person(Math.floor(customers * random.next() ** 1.4));
      tell(stage, who, midnight + 7 * HOUR + Math.floor(random.next() * 15 * HOUR));
    }
    if (today % CAMPAIGN_EVERY === 3) {
      const campaignId = `campaign-${today}`;
      for (let n = 0; n < customers; n++) {
        if (random.chance(0.1)) campaign(stage, person(n), midnight + 9 * HOUR + random.below(HOUR), campaignId);
      }
    }
    const arrived = arriving[today] ?? [];
    delete arriving[today];
    arrived.sort((a, b) => a.arrives - b.arrives);
    for (const { arrives, touchpoint } of arrived) if (arrives < until) yield touchpoint;
  }
}

/** The same as NDJSON, a line each, without the line's end. */
export function* simulateLines(options: SimulateOptions): Generator<string, void> {
  for (const touchpoint of simulate(options)) yield JSON.stringify(touchpoint);
}

function tell(stage: Stage, who: ReturnType<typeof person>, at: number): void {
  const { random } = stage;
  const kind = random.next();
  if (kind < 0.52) {
    const left = browse(stage, who, at);
    if (random.chance(0.15)) identify(stage, who, left);
  } else if (kind < 0.8) {
    order(stage, who, who.isAnonymous ? browse(stage, who, at) : at);
  } else if (kind < 0.88) {
    if (stage.known[who.number] === 1) contact(stage, who, at);
  } else if (kind < 0.93) {
    banking(stage, who, at);
  } else if (kind < 0.97) {
    if (stage.known[who.number] === 1) survey(stage, who, at, 'nps');
  } else {
    const isGlad = stage.mood[who.number]! > 0.5;
    stage.happen(at, 'social.mentioned', 'social', {
      identifiers: [],
      channel: 'social',
      brand: 'harbour-shop',
      facts: { network: 'agora', reach: random.below(2000), ...(random.chance(0.1) ? { competitor: 'bayside' } : {}) },
      text: random.pick(isGlad ? GLAD : ANGRY),
    });
  }
}

function simulated(data: TouchpointInputData): TouchpointInputData {
  return { ...data, facts: { ...data.facts, simulated: true } };
}
