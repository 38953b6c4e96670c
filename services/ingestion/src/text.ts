// oxlint-disable-next-line typescript/triple-slash-reference -- an import of a declaration would be left in what is emitted
/// <reference path="./wink-sentiment.d.ts" />
/** What is drawn from free text, once, at intake: folds see this and never the text, so shredding the text changes no figure. */
import { eld } from 'eld/extrasmall';
import sentimentOf from 'wink-sentiment';

export interface Drawn {
  readonly language?: { readonly code: string; readonly model: string };
  readonly sentiment?: { readonly score: number; readonly model: string };
}

/** Characters that are looked at: a long text says early what it says. */
const MOST_TEXT = 2_000;
/** No word is this long, and the tokenizer's time grows with the square of a word's length. */
const NO_WORD = /\S{50,}/g;
/** How far the best language must stand before the second best: short texts are anybody's. */
const CLEAR_MARGIN = 0.03;

/** What said so, and in which version: package.json pins both. */
export const LANGUAGE_MODEL = 'eld-extrasmall@2.1.0';
export const SENTIMENT_MODEL = 'wink-sentiment@5.0.2';

/** A text's language where it is clear, and its sentiment where that language is English: any other's would be a wrong one. */
export function drawn(text: string): Drawn {
  const words = text.slice(0, MOST_TEXT).replace(NO_WORD, ' ');
  const code = languageOf(words);
  if (code === undefined) return {};
  const language = { code, model: LANGUAGE_MODEL };
  const score = code === 'en' ? englishSentiment(words) : undefined;
  return score === undefined ? { language } : { language, sentiment: { score, model: SENTIMENT_MODEL } };
}

function languageOf(text: string): string | undefined {
  const result = eld.detect(text);
  if (result.language === '' || !result.isReliable()) return undefined;
  const [best = 0, second = 0] = Object.values(result.getScores()).sort((a, b) => b - a);
  return best - second >= CLEAR_MARGIN ? result.language : undefined;
}

/** −100 to 100: the mean of −5…5 over words that have a feeling, damped in long texts. Undefined where the library trips over a word such as `constructor`. */
function englishSentiment(text: string): number | undefined {
  const { score, normalizedScore } = sentimentOf(text);
  if (!Number.isFinite(score) || !Number.isFinite(normalizedScore)) return undefined;
  return Math.max(-100, Math.min(100, Math.round(normalizedScore * 20)));
}
