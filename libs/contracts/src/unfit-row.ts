/**
 * A row of an export that its map could not make a touchpoint of, as the import hands it to intake so that quarantine keeps it: it
 * has neither `type` nor `time`, so that it is never taken for a touchpoint, and holds the row's bytes and why. Its id is that of the
 * touchpoint it should have been, where that can be told, so that it can be put right and redriven.
 */
export interface UnfitRow {
  readonly id: string;
  readonly source: string;
  readonly data: { readonly origin: { readonly file: string; readonly line: number; readonly map: string } };
  /** What did not fit: names fields of the map and never values. */
  readonly unfit: readonly { readonly field: string; readonly message: string }[];
  /** The row's bytes, when they are UTF-8. */
  readonly raw?: string;
  /** The row's bytes otherwise. */
  readonly rawBase64?: string;
}

export function isUnfitRow(value: unknown): value is UnfitRow {
  return typeof value === 'object' && value !== null && Array.isArray((value as Partial<UnfitRow>).unfit);
}
