/** One thing that is wrong with a map or with how it fits its files, and what to write instead. */
export interface MapProblem {
  /** Line in the map, from 1; undefined where no single line is to blame. */
  readonly line: number | undefined;
  /** Where in the map: `touchpoints[0].facts.talkSeconds`. */
  readonly field: string;
  readonly message: string;
}

/** A map that cannot be used. All that is wrong with it is told at once. */
export class MapError extends Error {
  readonly file: string;
  readonly problems: readonly MapProblem[];

  constructor(file: string, problems: readonly MapProblem[]) {
    super(problems.map((problem) => describe(file, problem)).join('\n'));
    this.name = 'MapError';
    this.file = file;
    this.problems = problems;
  }
}

function describe(file: string, { line, field, message }: MapProblem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${field === '' ? '' : `${field}: `}${message}`;
}

/** Why one row could not be mapped. Names the field and what was expected, never the value: it may be personal. */
export interface RowProblem {
  /** Where in the map, or the column; empty for the row as a whole. */
  readonly field: string;
  readonly message: string;
}
