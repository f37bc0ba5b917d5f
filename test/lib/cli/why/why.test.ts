import pc from 'picocolors';
import type { Condition, KubeObject } from '../../../../lib/api';
import { whyLines } from '../../../../lib/cli/why/format-why';
import { why } from '../../../../lib/cli/why/why';
import { causes, rootCause, whyLine } from '../../../../lib/cli/why/why-node';
import {
  condition,
  configuration,
  deploying,
  deployment,
  ingress,
  NOW,
  pod,
  revision,
  route,
  service,
  warning,
  worldOf,
} from './world-of';

const ago = (ms: number) => new Date(NOW - ms).toISOString();
const running = (ms: number) => ({ state: { running: { startedAt: ago(ms) } } });
const ended = { terminated: { exitCode: 1, message: 'boom\nat x\n' } };
const explain = (objects: KubeObject[], logs = {}) => why(objects[0]!, worldOf(objects, logs));

describe('the root cause of a service that is not ready', () => {
  const cases: [string, KubeObject[], string, 'waiting' | 'failed', string | undefined][] = [
    [
      'nobody has looked at it yet',
      [{ ...service('hello', condition('True')), status: {} }],
      'Service hello: Reconciling',
      'waiting',
      undefined,
    ],
    [
      'what is said is about an older generation',
      [{ ...service('hello', condition('True')), metadata: { name: 'hello', namespace: 'default', generation: 2 } }],
      'Service hello: Reconciling',
      'waiting',
      undefined,
    ],
    [
      'the revision has no pods yet',
      deploying(),
      'Deployment hello-00001-deployment: Scaling: 0 of 1 pods are ready',
      'waiting',
      undefined,
    ],
    ['a container is being created', deploying(pod('hello-00001', 'p', {})), 'Pod p: ContainerCreating', 'waiting', undefined],
    ['a container starts', deploying(pod('hello-00001', 'p', running(300))), 'Pod p: Starting', 'waiting', undefined],
    [
      'a container runs long and does not listen',
      deploying(pod('hello-00001', 'p', running(10_000))),
      'Pod p: NotListening: user-container runs, but nothing listens on port 40001 ($PORT, for 8080)',
      'failed',
      'KNC3103',
    ],
    [
      'its probe said why',
      deploying(
        pod('hello-00001', 'p', running(10_000)),
        warning('p', 'Unhealthy', 'old', '2025-12-31T00:00:00Z'),
        warning('p', 'Unhealthy', 'Readiness probe failed: refused'),
      ),
      'Pod p: NotListening: user-container runs, but nothing listens on port 40001 ($PORT, for 8080): Readiness probe failed: refused',
      'failed',
      'KNC3103',
    ],
    [
      'a container ended',
      deploying(pod('hello-00001', 'p', { state: ended })),
      'Pod p: Exited: user-container ended with exit code 1',
      'failed',
      'KNC3102',
    ],
    [
      'a container that ended before starts once more',
      deploying(pod('hello-00001', 'p', running(100), { restartCount: 2, lastState: ended })),
      'Pod p: CrashLoopBackOff: user-container ended with exit code 1, restarted 2 times',
      'failed',
      'KNC3102',
    ],
    [
      'a container was killed',
      deploying(pod('hello-00001', 'p', { state: { terminated: { exitCode: 137, signal: 9 } } })),
      'Pod p: Exited: user-container was ended by signal 9',
      'failed',
      'KNC3102',
    ],
    [
      'a program does not exist',
      deploying(
        pod('hello-00001', 'p', {
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "x": no such file or directory' } },
        }),
      ),
      'Pod p: StartError: user-container cannot be started: exec: "x": no such file or directory',
      'failed',
      'KNC3105',
    ],
    [
      'an image means nothing here',
      deploying(pod('hello-00001', 'p', { state: { waiting: { reason: 'ErrImagePull', message: 'no program\nimages:' } } })),
      'Pod p: ErrImagePull: no program',
      'failed',
      'KNC3101',
    ],
    [
      'pulling an image is tried again later',
      deploying(
        pod('hello-00001', 'p', {
          state: {
            waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x": ErrImagePull: no program\nimages:' },
          },
        }),
      ),
      'Pod p: ErrImagePull: no program',
      'failed',
      'KNC3101',
    ],
    [
      'a Secret is missing',
      deploying(
        pod('hello-00001', 'p', {
          state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "s" not found' } },
        }),
      ),
      'Pod p: CreateContainerConfigError: secret "s" not found',
      'failed',
      'KNC3105',
    ],
    [
      'the revision has failed and its pods are gone',
      [
        service('hello', condition('False', 'RevisionFailed', 'm')),
        configuration('hello', condition('False', 'RevisionFailed', 'm'), { latestCreatedRevisionName: 'hello-00001' }),
        revision('hello-00001', condition('False', 'ExitCode1', 'Container failed with: boom')),
        deployment('hello-00001', 0, 0),
      ],
      'Revision hello-00001: ExitCode1: Container failed with: boom',
      'failed',
      'KNC3102',
    ],
    [
      'traffic names a revision that does not exist',
      [
        service('hello', condition('False', 'RevisionMissing', 'Revision "x" referenced in traffic not found.')),
        configuration('hello', condition('True')),
        route('hello', condition('False', 'RevisionMissing', 'Revision "x" referenced in traffic not found.')),
      ],
      'Route hello: RevisionMissing: Revision "x" referenced in traffic not found.',
      'failed',
      'KNC3104',
    ],
  ];
  test.each(cases)('%s', (_, objects, line, state, code) => {
    const node = explain(objects);
    expect(whyLine(node)).toBe(line);
    expect([node.state, rootCause(node).code]).toEqual([state, code]);
  });
});

describe('a domain that is not ready', () => {
  const trouble = (ready: Condition, resolved: Condition['status']): KubeObject => ({
    apiVersion: 'serving.knative.dev/v1beta1',
    kind: 'DomainMapping',
    metadata: { name: 'shop.example.com', namespace: 'default', generation: 1 },
    spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' } },
    status: { observedGeneration: 1, conditions: [ready, { ...condition(resolved), type: 'ReferenceResolved' }] },
  });
  const unresolved = trouble(condition('False', 'ResolveFailed', 'address not set'), 'False');

  test('waits for a service that is coming, and fails with one that fails', () => {
    const coming = explain([unresolved, ...deploying(pod('hello-00001', 'p', {}))]);
    expect([coming.state, whyLine(coming)]).toEqual(['waiting', 'Pod p: ContainerCreating']);
    expect(
      causes(explain([unresolved, service('hello', condition('False', 'RevisionFailed', 'm'))])).map(({ kind }) => kind),
    ).toEqual(['DomainMapping', 'Service']);
  });

  test('fails if there is no such service, or the one that is there cannot be its target', () => {
    for (const objects of [[unresolved], [unresolved, service('hello', condition('True'))]]) {
      expect([explain(objects).state, whyLine(explain(objects))]).toEqual([
        'failed',
        'DomainMapping shop.example.com: ResolveFailed: address not set',
      ]);
    }
  });

  test('is told by its Ingress', () => {
    const node = explain([
      trouble(condition('False', 'TLSNotSupported', 'no TLS'), 'True'),
      ingress('shop.example.com', condition('False', 'TLSNotSupported', 'no TLS')),
    ]);
    expect(causes(node).map(({ kind }) => kind)).toEqual(['DomainMapping', 'Ingress']);
    expect([node.state, node.final]).toEqual(['failed', true]);
  });
});

test('the ingress is to blame once traffic is assigned', () => {
  const assigned = { type: 'AllTrafficAssigned', status: 'True' as const };
  const ready = condition('Unknown', 'IngressNotConfigured');
  const objects = [
    service('hello', ready),
    configuration('hello', condition('True')),
    { ...route('hello', ready), status: { observedGeneration: 1, conditions: [ready, assigned] } },
    ingress('hello', condition('Unknown', 'Uninitialized', 'Waiting for load balancer to be ready')),
  ];
  expect(causes(explain(objects)).map(({ kind }) => kind)).toEqual(['Service', 'Route', 'Ingress']);
});

test('a Route that only waits for the Configuration is not blamed', () => {
  const kinds = causes(explain(deploying(pod('hello-00001', 'p', running(1))))).map(({ kind }) => kind);
  expect(kinds).toEqual(['Service', 'Configuration', 'Revision', 'Deployment', 'Pod']);
});

test('of several pods the one that fails is blamed before those that start, and those being deleted are left out', () => {
  const leaving = pod('hello-00001', 'leaving', { state: ended });
  const objects = deploying(
    { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: ago(0) } },
    pod('hello-00001', 'starting', running(1)),
    pod('hello-00001', 'failing', { state: ended }),
  );
  expect(rootCause(explain(objects)).name).toBe('failing');
});

test('an init container that is done is no trouble', () => {
  const one = pod('hello-00001', 'p', running(1));
  const status = {
    ...(one.status as object),
    initContainerStatuses: [{ name: 'init', ready: true, restartCount: 0, state: { terminated: { exitCode: 0 } } }],
  };
  expect(whyLine(explain(deploying({ ...one, status })))).toBe('Pod p: Starting');
});

test('the tree leaves out links that say nothing, counts pods in the same state and ends with what was printed', () => {
  const crashing = ['p', 'q', 'r'].map((name) => pod('hello-00001', name, { state: ended }));
  const logs = { p: ['one', '', 'Error: boom', '    at f (app.js:1:1)', '    at node:internal/main:1:1'] };
  expect(whyLines(explain(deploying(...crashing), logs), pc.createColors(false)).join('\n')).toMatchInlineSnapshot(`
"Service default/hello
  └ Revision hello-00001
    └ Pod p  Exited: user-container ended with exit code 1 (and 2 more)
        | one
        | Error: boom
        |     at f (app.js:1:1)"
`);
});

test('a cause that does not fit beside its object stands below it, in lines that fit', () => {
  const state = { waiting: { reason: 'ErrImagePull', message: 'no local program is known for image "example.com/x"\nimages:' } };
  const lines = whyLines(explain(deploying(pod('hello-00001', 'p', { state }))), pc.createColors(false), 40);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
"Service default/hello
  └ Revision hello-00001
    └ Pod p
        ErrImagePull: no local program
        is known for image
        "example.com/x"
        images:"
`);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40);
});

test('without logs the termination message stands in for them', () => {
  const node = rootCause(explain(deploying(pod('hello-00001', 'p', { state: ended }))));
  expect(node.logs).toEqual(['boom', 'at x']);
});

test('a ready service is ready', () => {
  expect(explain([service('hello', condition('True'))])).toMatchObject({ state: 'ready', children: [] });
});
