/** Why something cannot be asked of the versions of a projection as they stand, each in a sentence that a person can act on. */
export const VERSION_REFUSALS = {
  ID_TAKEN: 'Something else was asked under this id. Send it under an id of its own.',
  REPLAY_OPEN: 'A replay of this projection is open. Promote it or cancel it first.',
  NO_SUCH_REPLAY: 'There is no such replay. GET /projections/{name}/versions lists those there are.',
  NO_SUCH_VERSION: 'No such version is kept. GET /projections/{name}/versions lists those there are.',
  NOT_BUILT: 'It is not built yet. Wait until it is, or resume it if it is paused or has failed.',
  ALREADY_BUILT: 'It is built already, and follows the log. Compare it, promote it or cancel it.',
  HAS_FAILED: 'It could not be built. Resume it once the cause is mended, or cancel it.',
  IS_A_SAMPLE: 'Only a sample of the customers was built. Start a replay of all of them to promote it.',
  MADE_BY_OTHER_CODE: 'Other code runs now than built it. It is being built anew; ask again when it is built.',
  NOT_TAKEN: 'The code that runs now does not take its definitions. Cancel or retire it, or run the code that made it.',
  IS_LIVE: 'It is live. Roll back, or promote another, first.',
  IS_PREVIOUS: 'It was live before the one that now is. Roll back to it.',
  IS_CANDIDATE: 'It belongs to an open replay. Cancel that.',
  IS_OVER: 'This replay was cancelled, or its version retired. Start another.',
  NO_PREVIOUS: 'No version from before the live one is kept, so there is none to go back to or to retire.',
  SWITCHING: 'The views are still going over to the version that is live now. Wait until they have, or roll back.',
  NAME_TAKEN:
    'A version of this number was there already, and its decisions stand in the log. Give the rules another number.',
  DIFF_PENDING: 'A comparison is being made. Wait for its report.',
  NO_SUCH_DIFF: 'There is no such comparison.',
} as const;

export type VersionRefusal = keyof typeof VERSION_REFUSALS;
