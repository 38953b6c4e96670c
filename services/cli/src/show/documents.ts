import type { DocumentsAnswer } from '../api/replays.ts';

/** What a version is made of, in words: `score: experience-score v2`. */
export function documentsText(documents: DocumentsAnswer): string {
  const each = Object.entries(documents).map(([kind, { name, version, shipped }]) => {
    const told = [name ?? kind, version === undefined ? '' : `v${version}`].filter((part) => part !== '').join(' ');
    return `${name === undefined ? '' : `${kind}: `}${told}${shipped ? ' (shipped)' : ''}`;
  });
  return each.join(', ') || 'the shipped definitions';
}
