/** docs/reference/experience-score.md: how the score is made, and the shipped definition signal by signal. */
import { explain, SCORE_V1 } from '@throughline/cem';
import { dayFromText, DEFAULT_COMPANY } from '@throughline/contracts';

const { prior, strength, enough, episodeCap, repeatContactDays, dimensions, signals } = SCORE_V1;

export function render() {
  return `# The experience score

How the company was to one customer, from 0 (as bad as can be) to 100, with an interval, an explanation that adds up, and the honesty to
say nothing where nothing is known. It is made by a *definition*, which is data: this page describes the shipped one,
\`${SCORE_V1.name}\` version ${SCORE_V1.version} (\`SCORE_V1\` in \`libs/cem/src/definitions/score.v1.ts\`), from which its tables are generated.

## The arithmetic

Each signal finds a value in a touchpoint (seconds of waiting, an answer, days late). The signal's **curve** turns the value into
**x** from 0 over 0.5 (nobody would mention it) to 1. Then

> score = 100 · (prior + Σ w·(x − prior) / (Σ w + S)), where prior = ${prior} and S = ${strength}

- **w** is what the evidence weighs, in survey answers: weight of the signal × weight of its dimension × 0.5^(age / half-life), where the age is
  counted in days of the company's time zone, up to the day the view stands for, never below 0.
- **The prior** is ${prior}, the middle of the curves, because that is where each curve was drawn to say nothing; so a part is positive exactly when the
  step felt good. It weighs as much as ${strength} survey answer: two answers outweigh it.
- **An episode** weighs ${episodeCap} answers at most. A late order, the call about it and its complaint are one bad story, not three. Touchpoints are one
  episode when they name the same order, case, complaint, conversation, call or chat, and so on through any number of them: a case that names an order ties
  whatever names either. Answers to one questionnaire about nothing in particular are one episode, and so is what names no matter at all and happened on the
  same day. Above the cap all of the episode's evidence is scaled down alike, before it fades.
- **Not enough evidence**: below Σ w = ${enough} (one answer as old as its half-life) there is no score: absent, not 50. In lists and
  figures such customers stand apart. Silence is not an average experience. The same holds for each part.
- **Evidence is kept as integers**, n and the sum of x in ten-thousandths for each (signal, day, episode); weights, half-lives, the cap, the prior and all joins are
  applied when the view is finished. So they can be changed without a replay, and no figure depends on the order in which anything arrived.
- **To the hundredth** are scores shown; whole points are what lists are sorted and figures rolled up by, so that the mere passing of days seldom moves them.

**Dimensions** are scored apart by the same formula, each from its own evidence. The score over all pools all evidence; a dimension without
any adds nothing to it, neither good nor middling. All named ones weigh the same, since no published ranking holds for every company:

${table(
  ['dimension', 'asks', 'weight'],
  Object.entries(dimensions).map(([name, { meaning, weight }]) => [name, meaning, String(weight)]),
)}

**Stated** evidence (surveys, reviews, complaints, words) and **observed** evidence (waits, delays, repeats) are scored apart as well as together. Their **gap**
is stated less observed: above 0 they speak better of it than it was; below 0 something is felt that the touchpoints do not show.

**The interval** is Wilson's at 95 %, taking x̄ for a share of Σ w + S answers. Nothing between 0 and 1 varies more than a yes or no, so it is on the wide
side; it is an approximation, for evidence that fades is no simple sample.

## The signals

${table(
  ['signal', 'dimension', 'evidence', 'from', 'curve (value → x)', 'weight', 'half-life'],
  signals.map((s) => [
    s.name,
    s.dimension,
    s.evidence,
    from(s.from),
    s.curve.map(([value, x]) => `${value} → ${x}`).join(', '),
    String(s.weight),
    `${s.halfLifeDays} days`,
  ]),
)}

Values are as the fact says them (seconds, true = 1, false = 0), or worked out: \`happened\` (1), \`percent\` (place on the survey's scale, 0–100), \`stars\` (place on the
review's scale, 1–5). Some are joined from several touchpoints, also where identity found them under different identifiers:

- \`daysLate\`: calendar days from the promise to the delivery. The promise may stand on the placing or on the delivery; the earliest is the one the customer was
  given. An order in parts is delivered with its last part. Where no delivery is known there is no evidence: perhaps nobody reports deliveries.
- \`repeatContact\`: the how-manieth contact in a row about the same matter or for the same reason, each within ${repeatContactDays} days of the one before; where the source says
  whether it was the first, the source is believed.
- \`repeatOrder\`: the how-manieth order, placed on a later day than the first; cancelled ones do not count.

Why each is in, and why it weighs what it does:

${signals.map((s) => `- **${s.name}**: ${s.why}`).join('\n')}

## An explanation

\`GET /customers/{id}/explain\` folds the customer's own touchpoints again, with the terms of the sum kept apart. Each term is cut to hundredths of a
point, and the hundredths that then lack are given to the terms that were cut most, so prior and parts add up to the score exactly, to the last digit shown.

${example()}

## Another definition

\`cemProjection(company, { score: definition })\` and \`explain(…, definition)\` take any definition that \`checkDefinition\` accepts: dimensions and signals of your own
naming, other curves, weights, half-lives. What is observed and its x are folded, so a new signal or curve needs a replay; all else does not.
`;
}

function example() {
  const at = dayFromText('2026-03-01');
  const days = (n) => (at - n) * 86_400_000 + 43_200_000;
  const touchpoint = (n, type, facts, channel) => ({
    id: `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`,
    type,
    occurredAt: days(n),
    recordedAt: days(n),
    data: { keys: [], channel, facts },
    personal: undefined,
    metadata: { source: 'example', sourceId: String(n), receivedAt: '2026-03-01T00:00:00Z', schema: 1 },
  });
  const {
    prior: before,
    score,
    parts,
  } = explain(
    [
      touchpoint(20, 'order.placed', { orderId: 'o1', promisedBy: '2026-02-15T20:00:00Z' }, 'web'),
      touchpoint(10, 'order.delivered', { orderId: 'o1' }, 'courier'),
      touchpoint(9, 'call.ended', { orderId: 'o1', outcome: 'answered', waitSeconds: 312, resolved: true }, 'phone'),
      touchpoint(
        8,
        'survey.answered',
        { surveyId: 's', kind: 'relational', question: 'nps', score: 6, scaleMin: 0, scaleMax: 10 },
        'email',
      ),
    ],
    at,
    DEFAULT_COMPANY,
  );
  const points = (value) => (value > 0 ? `+${value.toFixed(2)}` : value.toFixed(2).replace('-', '−'));
  const rows = parts.map((part) => [
    part.type,
    part.reasons.map((reason) => reason.why).join('; ') || 'no evidence',
    points(part.points),
  ]);
  return table(
    ['touchpoint', 'why', 'points'],
    [['(prior)', '', before.toFixed(2)], ...rows, ['**score**', '', `**${score.score.toFixed(2)}**`]],
  );
}

function from(origin) {
  if ('joined' in origin) return `\`${origin.joined}\` (joined)`;
  const where = (origin.where ?? []).map(
    (c) => `${c.fact} ${c.in ? `is ${c.in.join(' or ')}` : `is not ${c.notIn.join(' or ')}`}`,
  );
  const types = origin.types ? origin.types.map((type) => `\`${type}\``).join(', ') : 'any touchpoint';
  return `\`${origin.fact}\` of ${types}${where.length > 0 ? ` where ${where.join(' and ')}` : ''}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
