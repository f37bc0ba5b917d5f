import { type Container, type Pod, type PodSpec, PodType, type Probe } from '../../../api';
import { changed, filled, mapped } from './filled';
import { checkPodPaths } from './pod-paths';

/** The only node of a local cluster. Pods are on it from their creation: there is nothing to schedule. */
export const LOCAL_NODE = 'local';

const PROBE_NUMBERS = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 } as const;

/** Numbers of a probe for which zero means that none was given. */
function probeDefaults(probe: Probe): Probe {
  const given = { ...probe };
  for (const key of Object.keys(PROBE_NUMBERS) as (keyof typeof PROBE_NUMBERS)[]) if (given[key] === 0) delete given[key];
  const complete = filled<Probe>(given, PROBE_NUMBERS);
  const result = changed(complete, 'httpGet', (get) => filled(get, { path: '/', scheme: 'HTTP' }));
  return result === given && Object.keys(given).length === Object.keys(probe).length ? probe : result;
}

function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function containerDefaults(container: Container): Container {
  let result = filled<Container>(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(container.image ?? ''),
    resources: {},
  });
  result = changed(result, 'ports', (ports) => mapped(ports, (port) => filled(port, { protocol: 'TCP' })));
  for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe'] as const)
    result = changed(result, probe, probeDefaults);
  return result;
}

/** What the API server fills in of a pod's spec, in a pod or a template. */
export function podSpecDefaults(spec: PodSpec): PodSpec {
  let result = filled<PodSpec>(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    enableServiceLinks: true,
  });
  result = changed(result, 'containers', (containers) => mapped(containers, containerDefaults));
  return changed(result, 'initContainers', (containers) => mapped(containers, containerDefaults));
}

/** Fills in a Pod as the API server does and refuses one that names places outside its own. */
export function podDefaults(pod: Pod, old: Pod | undefined): Pod {
  checkPodPaths(PodType, pod.metadata.name ?? '', 'spec', pod.spec);
  const spec = filled<PodSpec>(podSpecDefaults(pod.spec), { nodeName: LOCAL_NODE });
  if (old) return spec === pod.spec ? pod : { ...pod, spec };
  return { ...pod, spec, status: { phase: 'Pending' } };
}
