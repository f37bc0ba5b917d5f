/** What `knc` ends with. Scripts may rely on these; `knc --help` lists them. */
export const exitCodes = {
  /** All went well. */
  ok: 0,
  /** The input or what it declares is at fault. */
  failed: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** Something outside was not there: a port, a cluster. */
  unavailable: 3,
  /** Ended by Ctrl-C before the work was done. */
  interrupted: 130,
} as const;

/** The exit codes as `--help` prints them. */
export const exitCodeTable: readonly (readonly [number, string])[] = [
  [exitCodes.ok, 'done'],
  [exitCodes.failed, 'the input or what it declares is at fault'],
  [exitCodes.usage, 'wrong usage'],
  [exitCodes.unavailable, 'a port or cluster is not available'],
  [exitCodes.interrupted, 'interrupted before it was done'],
];
