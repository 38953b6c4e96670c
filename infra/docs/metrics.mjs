/** docs/reference/metrics.md: every metric and every field of a customer, from the definitions that answer queries. */
import { BALANCE_FIELDS, BALANCE_METRICS } from '@throughline/balance';
import { CEM_FIELDS, CEM_METRICS } from '@throughline/cem';
import { CRM_FIELDS, CRM_METRICS } from '@throughline/crm';

const VIEWS = [
  { title: 'CRM: what the customer is to the company', metrics: CRM_METRICS, fields: CRM_FIELDS },
  { title: 'CEM: what the company is to the customer', metrics: CEM_METRICS, fields: CEM_FIELDS },
  { title: 'Balance: both at once', metrics: BALANCE_METRICS, fields: BALANCE_FIELDS },
];

const KINDS = [
  ['count', 'n', 'n', 'none: it is counted'],
  ['sum', 'n, sum', 'sum / scale', 'none: it is counted'],
  ['mean', 'n, sum, sum of squares', 'sum / n / scale', 'Student’s t, 95 %'],
  ['share', 'n, hits', 'hits / n', 'Wilson, 95 %'],
  ['nps', 'n, promoters, detractors', '100 · (promoters − detractors) / n', 'adjusted Wald, 95 %'],
];

export function render() {
  return [
    '# Metrics and fields',
    'Generated from the definitions by `npm run docs`. `GET /metrics` answers the same list; `GET /metrics/{name}` answers a metric’s figures, cut by any of its dimensions, over time where it is timed. "Standard" metrics differ between vendors, so each says what it counts, of what, among whom, and after whom.',
    'Every figure carries n and, where it is an estimate, its interval:',
    table(['kind', 'what adds up', 'figure', 'interval'], KINDS),
    ...VIEWS.flatMap(({ title, metrics, fields }) => [
      `## ${title}`,
      ...metrics.flatMap(metric),
      '### Fields',
      'To find and sort customers by: `GET /customers?where=…&sort=…`.',
      table(
        ['field', 'type', 'what it is'],
        fields.map(({ field, type, description }) => [code(field), type, description]),
      ),
    ]),
    '',
  ].join('\n\n');
}

function metric({
  name,
  title,
  kind,
  unit,
  formula,
  numerator,
  denominator,
  population,
  window,
  source,
  dimensions,
  timed,
  version,
}) {
  return [
    `### \`${name}\``,
    `${title}. \`${formula}\``,
    table(
      ['', ''],
      [
        ['kind, unit', `${kind}; ${unit}`],
        ['numerator', numerator],
        ['denominator', denominator],
        ['population', population],
        ['window', timed ? `${window}; can be drawn over time` : window],
        ['dimensions', dimensions.length > 0 ? dimensions.map(code).join(', ') : 'none'],
        ['source', source],
        ['version', String(version)],
      ],
    ),
  ];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text) => `\`${text}\``;
