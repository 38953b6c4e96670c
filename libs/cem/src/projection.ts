import { dayOf, documentsOf, type Company, type Documents, type ProjectionDefinition } from '@throughline/contracts';
import { checkDefinition } from './definition-check.ts';
import { SCORE_V1 } from './definitions/score.v1.ts';
import { eventCells } from './event-cells.ts';
import { applyToCem, emptyCemFragment, mergeCemFragments, type CemFragment } from './fragment.ts';
import { CEM_METRICS } from './metrics.ts';
import { makeScorer } from './score.ts';
import { readSignals } from './signals.ts';
import { customerCells, indexes, viewOf, type CemView } from './view.ts';

/**
 * The customer experience view: what the company is to the customer.
 *
 * @param documents `score`: a score definition; the shipped one unless told.
 * @throws ThroughlineError `invalid-definition`
 */
export function cemProjection(company: Company, documents: Documents = {}): ProjectionDefinition<CemFragment, CemView> {
  const { score: definition = SCORE_V1 } = documentsOf('cem', documents, { score: checkDefinition });
  const signals = readSignals(definition);
  const toDay = dayOf(company.timeZone);
  const scorer = makeScorer(signals, toDay);
  return {
    name: 'cem',
    codeVersion: 1,
    definitions: { score: definition, timeZone: company.timeZone },
    metrics: CEM_METRICS,
    fragment: {
      empty: emptyCemFragment,
      apply(fragment, touchpoint) {
        applyToCem(fragment, touchpoint, signals, toDay);
        return fragment;
      },
      merge: mergeCemFragments,
    },
    eventCells: (touchpoint) => eventCells(touchpoint, toDay),
    view: (fragment, at) => viewOf(fragment, at, scorer, signals, toDay),
    customerCells,
    indexes,
    nextChange: (view) => view.changes,
  };
}
