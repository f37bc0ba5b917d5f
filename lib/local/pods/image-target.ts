import { type Container, labels, type Pod } from '../../api';
import type { ImageTarget } from '../images';

/** Whose image a container's is, for finding out what it means here. */
export function imageTarget(pod: Pod, container: Container): ImageTarget {
  const own = pod.metadata.labels;
  const service = own?.[labels.service];
  return {
    image: container.image ?? '',
    namespace: pod.metadata.namespace ?? 'default',
    container: container.name ?? '',
    ...(service === undefined ? {} : { service }),
    ...(own === undefined ? {} : { labels: own }),
  };
}
