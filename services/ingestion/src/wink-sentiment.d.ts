declare module 'wink-sentiment' {
  /** AFINN-165 with negation, emojis and emoticons. `normalizedScore` is from −5 to 5. */
  export default function sentiment(text: string): { score: number; normalizedScore: number };
}
