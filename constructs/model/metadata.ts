import { CLUSTER_LOCAL, annotations as keys, labels } from '../../lib/api';
import { type DurationInput, durationText } from './duration';
import { defined } from './shape';

/** Metadata of an object as `cdk8s-plus-NN` and Kubernetes name it. */
export interface MetadataProps {
  /** @default - generated from the construct's path */
  readonly name?: string;
  /** @default - the chart's namespace */
  readonly namespace?: string;
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Who can reach a service: everyone whom the cluster's front door lets in, or only what runs in the cluster. */
export type Visibility = 'public' | 'cluster-local';

/** What everything that has a host of its own can be told. */
export interface RoutedProps {
  /**
   * Name of the object: it is a part of the URL. Short for `metadata.name`, and wins over it.
   * @default - generated from the construct's path, as for every cdk8s object
   */
  readonly name?: string;
  /** Metadata of the object; its labels and annotations win over what the other props set. @default - none */
  readonly metadata?: MetadataProps;
  /**
   * Who can reach it.
   * @default 'public'
   * @see https://knative.dev/docs/serving/services/private-services/
   */
  readonly visibility?: Visibility;
  /**
   * Time over which requests move from the old latest revision to the new one, whole seconds.
   * @default - at once, unless the cluster says otherwise
   * @see https://knative.dev/docs/serving/rolling-out-latest-revision/
   */
  readonly rolloutDuration?: DurationInput;
  /** Warnings that are known and accepted here. Errors cannot be silenced. @default - none */
  readonly silence?: readonly WarningRule[];
}

/**
 * What synthesis only warns of:
 * `cluster-setting`: upstream Knative refuses it unless a setting of the cluster allows it;
 * `unknown-field`: an escape hatch has set a field that this version does not know or Knative does not allow;
 * `revision-like-name`: the name looks like that of a revision and may collide with one;
 * `duplicate-domain`: another chart of the app maps the same domain;
 * `upstream`: Knative itself warns of it;
 * `data-filter`: a filter looks at the data of events, which upstream Knative cannot;
 * `consumer-options`: how events are consumed is said in a way that upstream Knative ignores;
 * `dangling-sink`: events go to, or come from, something that nothing in the app makes;
 * `endless-cycle`: events go round for ever;
 * `never-matches`: a trigger takes none of the events that its broker is declared to get;
 * `lost-joins`: events that wait to be joined are lost when the others do not come in time;
 * `unread-dead-letters`: what cannot be delivered goes where nobody reads;
 * `duplicate-trigger`: two triggers of one namespace have the same name;
 * `broker-class`: something is asked of a broker that its class cannot do;
 * `cross-namespace`: a link into another namespace, which upstream Knative needs a feature for or misunderstands.
 */
export type WarningRule =
  | 'cluster-setting'
  | 'unknown-field'
  | 'revision-like-name'
  | 'duplicate-domain'
  | 'upstream'
  | 'data-filter'
  | 'consumer-options'
  | GraphRule;

/** Warnings about the way of events from one object to another. */
export type GraphRule =
  | 'dangling-sink'
  | 'endless-cycle'
  | 'never-matches'
  | 'lost-joins'
  | 'unread-dead-letters'
  | 'duplicate-trigger'
  | 'broker-class'
  | 'cross-namespace';

/** The object's metadata; keys are absent where nothing was set. */
export function routedMetadata({ name, metadata = {}, visibility, rolloutDuration }: RoutedProps): MetadataProps {
  const labelled = { ...(visibility === 'cluster-local' && { [labels.visibility]: CLUSTER_LOCAL }), ...metadata.labels };
  const annotated = {
    ...(rolloutDuration !== undefined && { [keys.rolloutDuration[0]]: durationText(rolloutDuration) }),
    ...metadata.annotations,
  };
  return {
    ...defined({
      name: name ?? metadata.name,
      namespace: metadata.namespace,
      labels: defined(labelled),
      annotations: defined(annotated),
    }),
  };
}
