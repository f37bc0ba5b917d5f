import { type Configuration, childName, labels, type Revision, type ServingConfig, type Stored, setDefaults } from '../../api';
import { semanticEqual } from '../engine/json';
import { isControlledBy } from '../metadata';

/** Generation of the Configuration that a revision was made from, or undefined if its label says nothing. */
export function configurationGeneration(revision: Revision): number | undefined {
  const value = revision.metadata.labels?.[labels.configurationGeneration];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The name of the revision that a Configuration wants now: the author's, or made from the generation. */
export function revisionName(configuration: Stored<Configuration>): string {
  const { name, generation = 0 } = configuration.metadata;
  return configuration.spec.template.metadata?.name || childName(name, `-${String(generation).padStart(5, '0')}`);
}

/**
 * Whether a revision that has the name which the Configuration's author gave is not the one that the Configuration means: it
 * belongs to somebody else, or is of another generation and another spec. One of another generation with the same spec is
 * used again: that is a rollback.
 */
export function revisionClash(configuration: Stored<Configuration>, revision: Stored<Revision>, config: ServingConfig): boolean {
  if (!isControlledBy(revision, configuration)) return true;
  if (configurationGeneration(revision) === (configuration.metadata.generation ?? 0)) return false;
  const wanted = setDefaults({ ...revision, spec: configuration.spec.template.spec }, config);
  return !semanticEqual(wanted.spec, setDefaults(revision, config).spec);
}

/** What the API server says of a name that is taken. */
export function alreadyExists(name: string): string {
  return `revisions.serving.knative.dev ${JSON.stringify(name)} already exists`;
}
