import { pendingRevisionName } from './content-hash';

/** How revisions of a service are named; made by `RevisionName`. */
export interface RevisionName {
  readonly name?: string;
  readonly suffix?: string;
  readonly contentHash?: true;
}

/**
 * How revisions are named. A revision never changes: whoever names revisions by hand must choose another name with every
 * change of the template, or Knative refuses the change.
 * @see https://knative.dev/docs/concepts/serving-resources/revisions/
 */
export const RevisionName = {
  /** Knative counts: `hello-00001`, `hello-00002`. This is the default. */
  generated: (): RevisionName => ({}),
  /** The whole name; it must begin with the name of the service and a hyphen. */
  given: (name: string): RevisionName => ({ name }),
  /** `<service>-<suffix>`. */
  suffix: (suffix: string): RevisionName => ({ suffix }),
  /**
   * `<service>-<hash>`, ten hexadecimal digits over everything in the template. The same template has the same name in
   * every cluster and at any time, so that a split kept in git names revisions that exist, and going back to an earlier
   * template goes back to its revision.
   */
  byContentHash: (): RevisionName => ({ contentHash: true }),
} as const;

/** The name to write into the template, or undefined where Knative counts. */
export function revisionName(service: string, naming: RevisionName = {}): string | undefined {
  if (naming.contentHash) return pendingRevisionName(service);
  return naming.suffix === undefined ? naming.name : `${service}-${naming.suffix}`;
}
