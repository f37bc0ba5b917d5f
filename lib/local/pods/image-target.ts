import { type Container, labels, type Pod } from '../../api';
import type { ImageTarget } from '../images';

/** Whose image a container's is, for finding out what it means here. */
export function imageTarget(pod: Pod, container: Container): ImageTarget {
  const own = pod.metadata.labels;
  // What a construct says of its image, it says by its own name.
  const service = own?.[labels.service] ?? own?.['sinks.knative.dev/job-sink-name'];
  return {
    image: container.image ?? '',
    namespace: pod.metadata.namespace ?? 'default',
    container: container.name ?? '',
    ...(service === undefined ? {} : { service }),
    ...(own === undefined ? {} : { labels: own }),
  };
}
