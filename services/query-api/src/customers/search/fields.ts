/**
 * The field that every customer has a value of (whoever was met was met last on some day): through its index everyone can be
 * gone through. Lists begin with the most recent unless told otherwise.
 */
export const EVERYONE = 'crm.lastSeen';
