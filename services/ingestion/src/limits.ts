/** How much intake takes in at once. */
export const LIMITS = {
  /** Bytes of one request as sent. */
  maxCompressed: 8 << 20,
  /** Bytes of one request after inflation. */
  maxInflated: 8 << 20,
  /** Bytes of one item: with what intake adds to it, it fits what EventStoreDB takes at once (1 MiB), as base64 too. */
  maxItem: 512 << 10,
  /** Bytes of all requests in hand: parsed, they are some five times as large. */
  maxInHand: 96 << 20,
} as const;
