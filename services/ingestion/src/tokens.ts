/** `ByteBudget`: what all requests in hand come to. */
export const BUDGET = Symbol('BUDGET');
