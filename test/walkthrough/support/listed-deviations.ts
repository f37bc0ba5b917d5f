import type { Deviation } from './deviations';
import type { EventingStep } from './eventing-facts';
import type { Step } from './facts';

/** Why values differ, and which. Anything that does not stand here is a fault, and so is an entry that no longer differs. */
export interface Reason {
  readonly because: string;
  readonly values: readonly Deviation[];
}

/** Path, what the walkthrough saw, what is seen here; undefined for nothing. */
type Row = readonly [path: string, there: unknown, here: unknown];

export const at = (step: Step | EventingStep, ...rows: readonly Row[]): Deviation[] =>
  rows.map(([path, there, here]) => ({
    ...{ step, path },
    ...(there === undefined ? {} : { there }),
    ...(here === undefined ? {} : { here }),
  }));

const GATEWAY = 'knc-gateway.knative-serving.svc.cluster.local';
const INGRESS = 'knc-ingress.knative-serving.svc.cluster.local';

export const listedDeviations: readonly Reason[] = [
  {
    because: 'a pod is the program alone, without a queue-proxy beside it',
    values: [
      ...at(
        'kubectl get pod -w, while the pod comes',
        ['[0][1]', '0/2', '0/1'],
        ['[1][1]', '0/2', '0/1'],
        ['[2][1]', '1/2', '0/1'],
        ['[3][1]', '2/2', '1/1'],
      ),
      ...at('kubectl get pod -w, while the pod goes', ['[0][1]', '2/2', '1/1'], ['[1][1]', '0/2', '0/1']),
      ...at('kubectl get svc', ['hello-world-private["PORT(S)"]', '80/TCP,9090/TCP,9091/TCP,8022/TCP,8012/TCP', '80/TCP']),
    ],
  },
  {
    because: 'the gateway is knc dev itself: an ingress class of its own, no finalizer, no pods',
    values: [
      ...at(
        'kubectl get ingress hello -o yaml',
        [
          'metadata.annotations["networking.knative.dev/ingress.class"]',
          'kourier.ingress.networking.knative.dev',
          'knc.ingress.networking.knative.dev',
        ],
        ['metadata.finalizers[0]', 'ingresses.networking.internal.knative.dev', undefined],
        ['status.privateLoadBalancer.ingress[0].domainInternal', 'kourier-internal.kourier-system.svc.cluster.local', GATEWAY],
        ['status.publicLoadBalancer.ingress[0].domainInternal', 'kourier.kourier-system.svc.cluster.local', INGRESS],
      ),
      ...at('kubectl get svc', ['hello.EXTERNAL-IP', 'kourier-internal.kourier-system.svc.cluster.local', GATEWAY]),
      ...at(
        'kubectl get svc -A, of the ingress',
        ['kourier-ingress.AGE', 'AGE', undefined],
        ['kourier-ingress.CLUSTER-IP', 'CLUSTER-IP', undefined],
        ['kourier-ingress.EXTERNAL-IP', '<none>', undefined],
        ['kourier-ingress.NAMESPACE', 'kourier-system', undefined],
        ['kourier-ingress.TYPE', 'NodePort', undefined],
        ['kourier-ingress["PORT(S)"]', '80:31080/TCP', undefined],
      ),
    ],
  },
  {
    because: 'the gateway is the activator, too: Endpoints lead to its listener, which is no pod',
    values: [
      ...at(
        'kubectl get endpoints hello-world -o yaml',
        ['subsets[0].addresses[0].ip', '10.244.0.5', '127.0.0.1'],
        ['subsets[0].addresses[0].nodeName', 'knative-control-plane', undefined],
        ['subsets[0].addresses[0].targetRef.kind', 'Pod', undefined],
        ['subsets[0].addresses[0].targetRef.name', 'activator', undefined],
        ['subsets[0].addresses[0].targetRef.namespace', 'knative-serving', undefined],
        ['subsets[0].addresses[0].targetRef.resourceVersion', '809', undefined],
        ['subsets[0].addresses[0].targetRef.uid', 'UID', undefined],
        ['subsets[0].ports[0].port', 8012, 'GATEWAY-PORT'],
      ),
      ...at('kubectl get svc hello-world -o yaml', ['spec.ports[0].targetPort', 8012, 'GATEWAY-PORT']),
      ...at(
        'kubectl get deploy -n knative-serving activator',
        ['activator.AGE', 'AGE', undefined],
        ['activator.AVAILABLE', '1', undefined],
        ['activator.READY', '1/1', undefined],
        ['activator.UP-TO-DATE', '1', undefined],
      ),
    ],
  },
  {
    because: 'Knative has gone on since 1.2: public Services have a port for https, Revisions no column for their Service',
    values: [
      ...at('kubectl get revisions', ['hello-world["K8S SERVICE NAME"]', '', undefined]),
      ...at('kubectl get svc', ['hello-world["PORT(S)"]', '80/TCP', '80/TCP,443/TCP']),
      ...at(
        'kubectl get svc hello-world -o yaml',
        ['spec.ports[1].name', undefined, 'https'],
        ['spec.ports[1].port', undefined, 443],
        ['spec.ports[1].protocol', undefined, 'TCP'],
        ['spec.ports[1].targetPort', undefined, 8112],
      ),
    ],
  },
  {
    because: 'Kubernetes has gone on since 1.22: a deleted pod that has ended well is told as Completed until it is gone',
    values: at('kubectl get pod -w, while the pod goes', ['[1][2]', 'Terminating', 'Completed']),
  },
  {
    because: 'generations are counted of every object here, of Services of Kubernetes, too',
    values: at('kubectl get svc hello-world -o yaml', ['metadata.generation', undefined, 1]),
  },
];
