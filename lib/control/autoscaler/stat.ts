/** What one gateway saw of one revision during about one second. */
export interface Stat {
  readonly namespace: string;
  /** Name of the revision, which is also the name of its PodAutoscaler. */
  readonly revision: string;
  /** End of the second reported on, in milliseconds since the epoch. A time in the future counts as the present. */
  readonly time: number;
  /** Requests in flight or buffered, averaged over the second. */
  readonly averageConcurrency: number;
  /** Requests that began in the second. */
  readonly requestCount: number;
  /** Which gateway reports; the reports of several add up. */
  readonly reporter?: string;
}

/** The key under which a revision's stats and decisions are kept: `namespace/revision`. */
export function statKey(of: { readonly namespace: string; readonly revision: string }): string {
  return `${of.namespace}/${of.revision}`;
}
