/** Value of a time or number of config-gc that is turned off. */
export const GC_DISABLED = -1;

/** config-gc: which revisions without traffic are deleted. Durations in milliseconds; -1: turned off. */
export interface GcConfig {
  readonly retainSinceCreateTime: number;
  readonly retainSinceLastActiveTime: number;
  readonly minNonActiveRevisions: number;
  readonly maxNonActiveRevisions: number;
}

/** Upstream's defaults of config-gc. */
export const defaultGcConfig: GcConfig = {
  retainSinceCreateTime: 48 * 3600_000,
  retainSinceLastActiveTime: 15 * 3600_000,
  minNonActiveRevisions: 20,
  maxNonActiveRevisions: 1000,
};
