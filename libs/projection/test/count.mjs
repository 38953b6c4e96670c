/** A projection that counts, for processes of their own. */
export const count = {
  name: 'count',
  codeVersion: 1,
  definitions: {},
  fragment: {
    empty: () => ({ n: 0, sum: 0 }),
    apply: (fragment, { data }) => ({ n: fragment.n + 1, sum: fragment.sum + data.facts.amount }),
    merge: (a, b) => ({ n: a.n + b.n, sum: a.sum + b.sum }),
  },
  eventCells: ({ data }) => [
    { metric: 'touchpoints', day: 1, dims: { channel: data.channel }, values: [1, data.facts.amount] },
  ],
  view: (fragment) => fragment,
  customerCells: ({ n }) => [{ metric: 'customers', dims: { n: String(n) }, values: [1] }],
  indexes: ({ n, sum }) => [
    { field: 'n', value: n },
    { field: 'sum', value: sum },
  ],
  nextChange: () => undefined,
};
