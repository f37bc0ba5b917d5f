import type { Container, Pod } from '../../../../lib/api';
import { runOptions } from '../../../../lib/local/pods/engine/run-options';
import { makePod } from './support';

const options = (container: Container, spec: Partial<Pod['spec']> = {}) => runOptions(makePod([], spec), container).join(' ');

test.each<[Container, string]>([
  [{}, ''],
  [{ resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: 2 } } }, '--cpus 0.5 --memory 67108864'],
  [{ securityContext: { runAsUser: 1000 } }, '--user 1000'],
  [{ securityContext: { runAsUser: 0, runAsGroup: 7 } }, '--user 0:7'],
  [{ securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: true } }, '--read-only'],
  [{ securityContext: { allowPrivilegeEscalation: false } }, '--security-opt no-new-privileges'],
  [
    { securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } },
    '--cap-drop ALL --cap-add NET_BIND_SERVICE',
  ],
])('%j is given to the engine as "%s"', (container, expected) => expect(options(container)).toBe(expected));

test('what the container does not say is the pod’s', () => {
  const spec = { securityContext: { runAsUser: 1, runAsGroup: 2 } };
  expect(options({ securityContext: { runAsUser: 3 } }, spec)).toBe('--user 3:2');
});

test('a group without a user is refused as a container runtime refuses it', () => {
  expect(() => options({ securityContext: { runAsGroup: 7 } })).toThrow(
    expect.objectContaining({ message: 'runAsGroup is specified without a runAsUser', final: true }),
  );
});

test('root where root is forbidden is refused as a kubelet refuses it', () => {
  const container = { securityContext: { runAsNonRoot: true, runAsUser: 0 } };
  expect(() => options(container)).toThrow(
    expect.objectContaining({ message: "container's runAsUser breaks non-root policy", final: true }),
  );
  expect(options({ securityContext: { runAsNonRoot: true, runAsUser: 5 } })).toBe('--user 5');
});
