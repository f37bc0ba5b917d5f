import {
  type ContainerStatus,
  type Deployment,
  defaultServingConfig,
  type KubeObject,
  labels,
  type Pod,
  type PodAutoscaler,
  type Revision,
  type Stored,
} from '../../../../lib/api';
import { type RevisionOptions, revisionReconciler } from '../../../../lib/control/revision';
import { makeDeployment } from '../../../../lib/control/revision/deployment';
import { condition, NOW, ownedBy, revision, stored, summary } from '../support/objects';
import { type Facts, observe } from '../support/observe';

const plan = (parent: Stored<Revision>, facts: Facts = {}, options?: RevisionOptions, config = defaultServingConfig) =>
  revisionReconciler(options).plan(parent, observe(facts), config, NOW);

const parent = revision();
function deployment(status: Deployment['status'] = {}, replicas = 1): Stored<Deployment> {
  const made = makeDeployment(
    {
      ...parent,
      status: {
        containerStatuses: [
          {
            name: 'user-container',
            imageDigest: 'example.com/hello@sha256:0000000000000000000000000000000000000000000000000000000000000000',
          },
        ],
      },
    },
    defaultServingConfig,
  );
  return stored({ ...made, spec: { ...made.spec, replicas }, status });
}
function autoscaler(status: Partial<PodAutoscaler['status']>, metadata: KubeObject['metadata'] = {}): Stored<PodAutoscaler> {
  const object: PodAutoscaler = {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'PodAutoscaler',
    metadata: { name: parent.metadata.name },
    spec: { scaleTargetRef: {}, protocolType: 'http1' },
    status: { serviceName: parent.metadata.name, metricsServiceName: 'm', ...status },
  };
  return stored(object, { ...ownedBy(parent), ...metadata });
}
function pod(status: Partial<ContainerStatus>, conditions: Pod['status'] = {}): Stored<Pod> {
  const object: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [] },
    status: {
      ...conditions,
      containerStatuses: [{ name: 'user-container', image: 'i', ready: false, restartCount: 0, ...status }],
    },
  };
  return stored(object, { labels: { [labels.revisionUID]: parent.metadata.uid } });
}
const active = { conditions: [condition('Ready', 'True'), condition('ScaleTargetInitialized', 'True')] };
const progressing = { conditions: [condition('Progressing', 'True', 'NewReplicaSetAvailable')] };
const gaveUp = { conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'too slow')] };

describe('the plan of a Revision', () => {
  it.each([
    ['hostNetwork', { hostNetwork: true }],
    ['a folder of the node', { volumes: [{ name: 'h', hostPath: { path: '/' } }] }],
    [
      'a capability',
      { containers: [{ ...parent.spec.containers?.[0], securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
    ],
  ])('makes nothing of one with %s while that is off, whoever let it in', (_, spec) => {
    const refused = revision();
    const { apply, status } = plan({ ...refused, spec: { ...refused.spec, ...spec } } as Stored<Revision>);
    expect(apply).toEqual([]);
    expect(summary(status)).toMatchObject({
      ResourcesAvailable: expect.stringMatching(/^False\/ValidationFailed: /),
      Ready: expect.any(String),
    });
  });

  it('makes a Deployment and a PodAutoscaler', () => {
    const { apply, status } = plan(
      revision('hello-00001', { metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } } }),
    );
    expect(apply!.map(({ object }) => `${object.kind} ${object.metadata.name}`)).toEqual([
      'Deployment hello-00001-deployment',
      'PodAutoscaler hello-00001',
    ]);
    expect(apply![1]!.object).toMatchObject({
      metadata: {
        annotations: {
          'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
          'autoscaling.knative.dev/min-scale': '1',
        },
      },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' },
        protocolType: 'http1',
        reachability: 'Reachable',
      },
    });
    expect(summary(status)).toEqual({
      Active: 'Unknown/Deploying',
      ContainerHealthy: 'Unknown/Deploying',
      Ready: 'Unknown/Deploying',
      ResourcesAvailable: 'Unknown/Deploying',
    });
    expect(status).toMatchObject({
      containerStatuses: [
        {
          name: 'user-container',
          imageDigest: 'example.com/hello@sha256:0000000000000000000000000000000000000000000000000000000000000000',
        },
      ],
    });
  });

  it('becomes ready with its pods, and says so once', () => {
    const objects = [
      deployment({ ...progressing, replicas: 1, readyReplicas: 1, availableReplicas: 1 }),
      autoscaler({ ...active, actualScale: 1, desiredScale: 2 }),
    ];
    const { status, events } = plan(parent, { objects });
    expect(summary(status)).toEqual({ Active: 'True', ContainerHealthy: 'True', Ready: 'True', ResourcesAvailable: 'True' });
    expect(status).toMatchObject({ actualReplicas: 1, desiredReplicas: 2 });
    expect(events).toEqual([
      { type: 'Normal', reason: 'RevisionReady', message: 'Revision becomes ready upon all resources being ready' },
    ]);
    const again = plan({ ...parent, status: status as object }, { objects });
    expect(again.events).toEqual([]);
    expect(again.status).toEqual(status);
    expect(again.apply!.map(({ type }) => type.kind)).toEqual(['PodAutoscaler']);
  });

  it('stays ready when it is scaled to zero', () => {
    const noTraffic = condition('Ready', 'False', 'NoTraffic', 'The target is not receiving traffic.');
    const objects = [
      deployment({ ...progressing }, 0),
      autoscaler({ conditions: [noTraffic, condition('ScaleTargetInitialized', 'True')] }),
    ];
    expect(summary(plan(parent, { objects }).status)).toEqual({
      Active: 'False/NoTraffic: The target is not receiving traffic.',
      ContainerHealthy: 'True',
      Ready: 'True',
      ResourcesAvailable: 'True',
    });
  });

  it.each<[string, Stored<Pod>, Deployment['status'], Record<string, string>]>([
    [
      'its container fails with a message',
      pod({ lastState: { terminated: { exitCode: 3, message: 'no database' } } }),
      progressing,
      { ContainerHealthy: 'False/ExitCode3: Container failed with: no database' },
    ],
    [
      'its container fails without a message',
      pod({ lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
      progressing,
      { ContainerHealthy: 'False/ExitCode137: Container failed with: OOMKilled, exit code 137, and it left no message' },
    ],
    [
      'its container ends without an error',
      pod({ lastState: { terminated: { exitCode: 0 } } }),
      progressing,
      { ContainerHealthy: 'False/ExitCode0: Container failed with: container exited with no error' },
    ],
    [
      'its image cannot be had',
      pod({ image: 'example.com/gone', state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }),
      progressing,
      { ContainerHealthy: 'False/ContainerMissing: Unable to fetch image "example.com/gone": not found' },
    ],
    [
      'its container waits when the deadline has passed',
      pod({ state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "s" not found' } } }),
      gaveUp,
      { ResourcesAvailable: 'False/CreateContainerConfigError: secret "s" not found' },
    ],
    [
      'its image is still missing when the deadline has passed',
      pod({ image: 'x', state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off' } } }),
      gaveUp,
      { ResourcesAvailable: 'False/ImagePullBackOff: Back-off' },
    ],
    [
      'no node has room',
      pod({}, { conditions: [condition('PodScheduled', 'False', 'Unschedulable', 'no room')] }),
      progressing,
      { ResourcesAvailable: 'False/Unschedulable: no room' },
    ],
    ['nothing happens in time', pod({}), gaveUp, { ResourcesAvailable: 'False/ProgressDeadlineExceeded: too slow' }],
    [
      'pods are refused',
      pod({}),
      { conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'quota')] },
      { ResourcesAvailable: 'False/FailedCreate: quota' },
    ],
  ])('fails, and is unreachable, when %s', (_, failing, status, expected) => {
    const objects = [deployment(status), failing, autoscaler({ conditions: [condition('Ready', 'Unknown', 'Queued')] })];
    const result = plan(parent, { objects });
    const conditions = summary(result.status);
    expect(conditions).toMatchObject(expected);
    expect(conditions.Ready).toMatch(/^False/);
    expect(result.apply!.at(-1)!.object.spec).toMatchObject({ reachability: 'Unreachable' });
  });

  it('says why its image cannot be had as the first attempt said it, however long that goes on', () => {
    const waiting = (reason: string, message: string) => [
      deployment(progressing),
      pod({ image: 'x', state: { waiting: { reason, message } } }),
    ];
    const first = plan(parent, { objects: waiting('ErrImagePull', 'not found') });
    const second = plan({ ...parent, status: first.status as object }, { objects: waiting('ImagePullBackOff', 'Back-off') });
    expect(second.status).toEqual(first.status);
  });

  it('is not blamed for a container that waits while there is still time', () => {
    const objects = [deployment(progressing), pod({ state: { waiting: { reason: 'ContainerCreating' } } })];
    expect(summary(plan(parent, { objects }).status).Ready).toBe('Unknown/Deploying');
  });

  it('fails when the autoscaler has given up before the initial scale was reached', () => {
    const failed = { conditions: [condition('Ready', 'False', 'TimedOut', 'The target could not be activated.')] };
    expect(summary(plan(parent, { objects: [deployment(progressing, 0), autoscaler(failed)] }).status)).toMatchObject({
      ResourcesAvailable: 'False/ProgressDeadlineExceeded: Initial scale was never achieved',
      Active: 'False/TimedOut: The target could not be activated.',
    });
  });

  it.each([
    ['Deployment', { ...deployment(), metadata: { ...deployment().metadata, ownerReferences: [] } }, 'hello-00001-deployment'],
    ['PodAutoscaler', autoscaler({}, { ownerReferences: [] }), 'hello-00001'],
  ])('says that a %s of that name is not its own, once', (kind, foreign, name) => {
    const first = plan(parent, { objects: [foreign as KubeObject] });
    const message = `There is an existing ${kind} "${name}" that we do not own.`;
    expect(summary(first.status).ResourcesAvailable).toBe(`False/NotOwned: ${message}`);
    expect(first.apply!.some(({ type }) => type.kind === kind)).toBe(false);
    expect(first.events!.map(({ reason }) => reason)).toEqual(['InternalError']);
    expect(plan({ ...parent, status: first.status as object }, { objects: [foreign as KubeObject] }).events).toEqual([]);
  });

  it('keeps what a server has added to the PodAutoscaler, and takes away what the revision no longer says', () => {
    const metadata = {
      annotations: {
        'autoscaling.knative.dev/metric': 'concurrency',
        'autoscaling.knative.dev/min-scale': '2',
        foreign: 'x',
      },
    };
    const { apply } = plan(parent, { objects: [deployment(progressing), autoscaler({}, metadata)] });
    expect(apply!.at(-1)!.object.metadata.annotations).toEqual({ 'autoscaling.knative.dev/metric': 'concurrency', foreign: 'x' });
  });

  it.each([
    ['reserve', 'Unreachable'],
    ['pending', undefined],
  ])('in routing state %s has reachability %s', (state, reachability) => {
    const { apply } = plan(revision('hello-00001', { metadata: { labels: { 'serving.knative.dev/routingState': state } } }));
    expect((apply![1]!.object as PodAutoscaler).spec.reachability).toBe(reachability);
  });

  describe('with images by tag', () => {
    const tagged = revision('hello-00001', {
      spec: { containers: [{ image: 'example.com/hello:v1' }], serviceAccountName: 'robot' },
    });
    const key = `digest/${tagged.metadata.uid}`;
    const answered = (digest: object, config = defaultServingConfig) =>
      plan(tagged, { answers: { [key]: { 'example.com/hello:v1': digest } } }, {}, config);

    it('asks for the digests first', () => {
      const { apply, asks, status } = plan(tagged);
      expect(apply).toEqual([]);
      expect(asks).toEqual([
        {
          topic: 'digest',
          key: tagged.metadata.uid,
          input: {
            namespace: 'default',
            serviceAccountName: 'robot',
            imagePullSecrets: [],
            images: ['example.com/hello:v1'],
            timeout: 10_000,
          },
        },
      ]);
      expect(summary(status).Ready).toBe('Unknown/ResolvingDigests');
    });

    it('runs the digest, and asks no more', () => {
      const { apply, asks } = answered({ image: 'example.com/hello@sha256:22' });
      expect(asks).toEqual([]);
      expect((apply![0]!.object as Deployment).spec.template.spec.containers[0]!.image).toBe('example.com/hello@sha256:22');
    });

    it('keeps the tag with a warning if nobody can say the digest', () => {
      const { apply, events } = answered({ error: 'connection refused' });
      expect((apply![0]!.object as Deployment).spec.template.spec.containers[0]!.image).toBe('example.com/hello:v1');
      expect(events).toEqual([
        {
          type: 'Warning',
          reason: 'DigestUnknown',
          message: 'Unable to fetch image "example.com/hello:v1": connection refused; the tag is kept',
        },
      ]);
    });

    it('fails where digests are a must', () => {
      const deployment = { ...defaultServingConfig.deployment, digestResolutionStrict: true };
      const { apply, asks, status } = answered({ error: 'not found' }, { ...defaultServingConfig, deployment });
      expect(apply).toEqual([]);
      expect(asks).toHaveLength(1);
      expect(summary(status).ContainerHealthy).toBe(
        'False/ContainerMissing: Unable to fetch image "example.com/hello:v1": not found',
      );
    });

    it.each(['kind.local/hello:v1', 'dev.local/a/b', 'example.com/x@sha256:ab'])('does not ask about %s', (image) => {
      expect(plan(revision('hello-00001', { spec: { containers: [{ image }] } })).asks).toEqual([]);
    });
  });

  it('says where its logs are, and caches images, where the installation says so', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Knative's own template syntax
    const options = { imageCache: true, loggingUrlTemplate: 'http://logs/${REVISION_UID}' };
    const { apply, status } = plan(parent, {}, options);
    expect(status).toMatchObject({ logUrl: 'http://logs/uid-revision-hello-00001' });
    expect(apply!.find(({ type }) => type.kind === 'Image')?.object).toMatchObject({
      metadata: { name: 'hello-00001-cache-user-container' },
      spec: { image: 'example.com/hello@sha256:0000000000000000000000000000000000000000000000000000000000000000' },
    });
  });
});

describe('the sidecar that limits requests', () => {
  const wanting = (value: string) =>
    revision('hello-00001', { metadata: { annotations: { 'queue.sidecar.serving.knative.dev/enabled': value } } });
  const settings = (deployment: object) => ({
    ...defaultServingConfig,
    deployment: { ...defaultServingConfig.deployment, ...deployment },
  });
  const names = (parent: Stored<Revision>, options: RevisionOptions, deployment: object) => {
    const made = plan(parent, {}, options, settings(deployment)).apply?.find(({ type }) => type.kind === 'Deployment');
    return (made?.object as Deployment | undefined)?.spec.template.spec.containers.map(({ name }) => name);
  };
  const image = { queueSidecarImage: 'knc:1' };

  it.each<[string, Stored<Revision>, object, boolean]>([
    ['the revision says so', wanting('true'), image, true],
    ['the installation says so', revision('hello-00001'), { ...image, queueSidecarEnabled: true }, true],
    ['nobody says so', revision('hello-00001'), image, false],
    ['the revision says otherwise', wanting('false'), { ...image, queueSidecarEnabled: true }, false],
  ])('is as it should be where %s', (_, parent, deployment, there) => {
    const expected = there ? ['user-container', 'queue-proxy'] : ['user-container'];
    expect(names(parent, { queueSidecar: 'required' }, deployment)).toEqual(expected);
    expect(names(parent, { queueSidecar: 'possible' }, deployment)).toEqual(expected);
    expect(names(parent, {}, deployment)).toEqual(['user-container']);
  });

  it('is not left out in silence where there is no image for it', () => {
    const parent = wanting('true');
    const { apply, status } = plan(parent, {}, { queueSidecar: 'required' }, defaultServingConfig);
    expect(apply).toEqual([]);
    expect((status as Revision['status'])?.conditions?.find(({ type }) => type === 'ResourcesAvailable')).toMatchObject({
      status: 'False',
      reason: 'ValidationFailed',
      message: expect.stringContaining('queue-sidecar-image in ConfigMap config-deployment is empty or unset'),
    });
    expect(names(parent, { queueSidecar: 'possible' }, {})).toEqual(['user-container']);
  });

  it('stays in pods that have it when there is no image for it any more', () => {
    const parent = wanting('true');
    const made = makeDeployment(parent, settings(image), 5, true);
    const { apply } = plan(
      parent,
      { objects: [stored(made, ownedBy(parent))] },
      { queueSidecar: 'required' },
      defaultServingConfig,
    );
    expect(apply?.filter(({ type }) => type.kind === 'Deployment')).toEqual([]);
  });
});
