/** How much intake takes in at once. */
export const LIMITS = {
  /** Bytes of one request as sent. */
  maxCompressed: 8 << 20,
  /** Bytes of one request after inflation. */
  maxInflated: 8 << 20,
  /** Bytes of all requests in hand: parsed, they are some five times as large. */
  maxInHand: 96 << 20,
} as const;
