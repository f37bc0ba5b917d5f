import { contentHash, pendingRevisionName } from './content-hash';
import { type RevisionTemplateProps, revisionTemplate } from './template';

/** A revision of a service: its full name, or what `RevisionRef` makes. */
export type RevisionRef =
  | string
  | { readonly latestRevision: true }
  | { readonly revisionName: string }
  | { readonly contentHash: true | RevisionTemplateProps };

/** Names a revision. */
export const RevisionRef = {
  /** Whichever revision is the latest that became ready. */
  latest: (): RevisionRef => ({ latestRevision: true }),
  /** The revision of that name: `hello-00001`. The plain name says the same. */
  named: (name: string): RevisionRef => ({ revisionName: name }),
  /**
   * The revision that a template makes under `RevisionName.byContentHash()`: without `template` the service's own as it is
   * now, with `template` the one that these props make. An earlier version kept in code thus names its own revision.
   */
  byContentHash: (template?: RevisionTemplateProps): RevisionRef => ({ contentHash: template ?? true }),
} as const;

/** The name by which a reference is written into traffic; undefined stands for the latest. */
export function referencedRevision(ref: RevisionRef | undefined, service: string): string | undefined {
  if (ref === undefined || typeof ref === 'string') return ref;
  if ('revisionName' in ref) return ref.revisionName;
  if ('latestRevision' in ref) return undefined;
  return ref.contentHash === true ? pendingRevisionName(service) : `${service}-${contentHash(revisionTemplate(ref.contentHash))}`;
}

/** True for a reference to what the service's own template makes. */
export function isOwnContentHash(ref: RevisionRef | undefined): boolean {
  return typeof ref === 'object' && 'contentHash' in ref && ref.contentHash === true;
}
