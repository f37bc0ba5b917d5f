import type { KubeObject } from '../../api';

const WORKLOADS = ['StatefulSet', 'Deployment'];
const ALL = '-l app.kubernetes.io/part-of=knative-constructs';

/**
 * How to apply a platform: lines for a shell, each of which may be repeated.
 *
 * @param file where it was written to
 * @param crds whether the definitions are in it
 */
export function nextSteps(file: string, crds: boolean, objects: readonly KubeObject[]): string {
  const apply = `kubectl apply --server-side -f ${file}`;
  const rollouts = objects
    .filter(({ kind }) => WORKLOADS.includes(kind))
    .map(
      ({ kind, metadata: { name, namespace } }) =>
        `kubectl -n ${namespace} rollout status ${kind.toLowerCase()}/${name} --timeout=3m`,
    );
  const lines = [
    ...(crds
      ? [
          objects.length > 0 ? `${apply} -l knative.dev/crd-install=true` : apply,
          `kubectl wait --for=condition=Established crd ${ALL} --timeout=60s`,
        ]
      : []),
    ...(objects.length > 0 ? [apply, ...rollouts] : []),
  ];
  return `# To the cluster of your current context; each line may be repeated:\n${lines.join('\n')}\n`;
}
