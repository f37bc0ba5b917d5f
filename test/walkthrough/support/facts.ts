/**
 * What a walkthrough of Knative 1.2 (kind, Kourier, Kubernetes 1.22) saw at each step, as data: tables by name and heading,
 * objects, lines of a watch. Ages, uids, times, cluster addresses and suffixes are words.
 */
const HOST = 'hello.default.127.0.0.1.sslip.io';

const creators = {
  'serving.knative.dev/creator': 'kubernetes-admin',
  'serving.knative.dev/lastModifier': 'kubernetes-admin',
};

const revisionRow = (traffic: string, generation: string, conditions: string) => ({
  ...{ SERVICE: 'hello', TRAFFIC: traffic, TAGS: '', GENERATION: generation, AGE: 'AGE' },
  ...{ CONDITIONS: conditions, READY: 'True', REASON: '' },
});

const condition = (type: string) => ({ lastTransitionTime: 'TIME', status: 'True', type });

const toRevision = (hosts: readonly string[], visibility: string) => ({
  hosts,
  http: {
    paths: [
      {
        splits: [
          {
            appendHeaders: { 'Knative-Serving-Namespace': 'default', 'Knative-Serving-Revision': 'hello-world' },
            ...{ percent: 100, serviceName: 'hello-world', serviceNamespace: 'default', servicePort: 80 },
          },
        ],
      },
    ],
  },
  visibility,
});

const owner = (apiVersion: string, kind: string, name: string) => ({
  ...{ apiVersion, kind, name },
  ...{ blockOwnerDeletion: true, controller: true, uid: 'UID' },
});

/** Of the public Service of the revision and of its Endpoints. */
const publicMetadata = {
  annotations: {
    'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
    'serving.knative.dev/creator': 'kubernetes-admin',
  },
  labels: {
    app: 'hello-world',
    'networking.internal.knative.dev/serverlessservice': 'hello-world',
    'networking.internal.knative.dev/serviceType': 'Public',
    'serving.knative.dev/configuration': 'hello',
    'serving.knative.dev/configurationGeneration': '1',
    'serving.knative.dev/configurationUID': 'UID',
    'serving.knative.dev/revision': 'hello-world',
    'serving.knative.dev/revisionUID': 'UID',
    'serving.knative.dev/service': 'hello',
    'serving.knative.dev/serviceUID': 'UID',
  },
  name: 'hello-world',
  namespace: 'default',
  ownerReferences: [owner('networking.internal.knative.dev/v1alpha1', 'ServerlessService', 'hello-world')],
};

const POD = 'hello-world-deployment-HASH-POD';

export const facts = {
  'kn service list': {
    hello: {
      ...{ URL: `http://${HOST}`, LATEST: 'hello-world', AGE: 'AGE', CONDITIONS: '3 OK / 3', READY: 'True', REASON: '' },
    },
  },
  'curl, first answer': 'Hello World!\n',
  'kubectl get revisions': {
    'hello-world': {
      ...{ 'CONFIG NAME': 'hello', 'K8S SERVICE NAME': '', GENERATION: '1', READY: 'True', REASON: '' },
      ...{ 'ACTUAL REPLICAS': '0', 'DESIRED REPLICAS': '0' },
    },
  },
  'kn revision list': { 'hello-world': revisionRow('100%', '1', '3 OK / 4') },
  'kubectl get svc -A, of the ingress': {
    'kourier-ingress': {
      ...{ NAMESPACE: 'kourier-system', TYPE: 'NodePort', 'CLUSTER-IP': 'CLUSTER-IP', 'EXTERNAL-IP': '<none>' },
      ...{ 'PORT(S)': '80:31080/TCP', AGE: 'AGE' },
    },
  },
  'kubectl get ingress hello -o yaml': {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      annotations: {
        'networking.internal.knative.dev/rollout': JSON.stringify({
          configurations: [
            {
              ...{ configurationName: 'hello', percent: 100 },
              ...{ revisions: [{ revisionName: 'hello-world', percent: 100 }], stepParams: {} },
            },
          ],
        }),
        'networking.knative.dev/ingress.class': 'kourier.ingress.networking.knative.dev',
        ...creators,
      },
      finalizers: ['ingresses.networking.internal.knative.dev'],
      generation: 1,
      labels: {
        'serving.knative.dev/route': 'hello',
        'serving.knative.dev/routeNamespace': 'default',
        'serving.knative.dev/service': 'hello',
      },
      name: 'hello',
      namespace: 'default',
      ownerReferences: [owner('serving.knative.dev/v1', 'Route', 'hello')],
    },
    spec: {
      httpOption: 'Enabled',
      rules: [
        toRevision(['hello.default', 'hello.default.svc', 'hello.default.svc.cluster.local'], 'ClusterLocal'),
        toRevision([HOST], 'ExternalIP'),
      ],
    },
    status: {
      conditions: ['LoadBalancerReady', 'NetworkConfigured', 'Ready'].map(condition),
      observedGeneration: 1,
      privateLoadBalancer: { ingress: [{ domainInternal: 'kourier-internal.kourier-system.svc.cluster.local' }] },
      publicLoadBalancer: { ingress: [{ domainInternal: 'kourier.kourier-system.svc.cluster.local' }] },
    },
  },
  'kubectl get svc': {
    hello: {
      ...{ TYPE: 'ExternalName', 'CLUSTER-IP': '<none>', 'PORT(S)': '80/TCP', AGE: 'AGE' },
      'EXTERNAL-IP': 'kourier-internal.kourier-system.svc.cluster.local',
    },
    'hello-world': {
      ...{ TYPE: 'ClusterIP', 'CLUSTER-IP': 'CLUSTER-IP', 'EXTERNAL-IP': '<none>', 'PORT(S)': '80/TCP', AGE: 'AGE' },
    },
    'hello-world-private': {
      ...{ TYPE: 'ClusterIP', 'CLUSTER-IP': 'CLUSTER-IP', 'EXTERNAL-IP': '<none>', AGE: 'AGE' },
      'PORT(S)': '80/TCP,9090/TCP,9091/TCP,8022/TCP,8012/TCP',
    },
  },
  'kubectl get svc hello-world -o yaml': {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: publicMetadata,
    spec: {
      clusterIP: 'CLUSTER-IP',
      clusterIPs: ['CLUSTER-IP'],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8012 }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  },
  'kubectl get endpoints hello-world -o yaml': {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: publicMetadata,
    subsets: [
      {
        addresses: [
          {
            ip: '10.244.0.5',
            nodeName: 'knative-control-plane',
            targetRef: { kind: 'Pod', name: 'activator', namespace: 'knative-serving', resourceVersion: '809', uid: 'UID' },
          },
        ],
        ports: [{ name: 'http', port: 8012, protocol: 'TCP' }],
      },
    ],
  },
  'kubectl get deploy -n knative-serving activator': {
    activator: { READY: '1/1', 'UP-TO-DATE': '1', AVAILABLE: '1', AGE: 'AGE' },
  },
  'kubectl get pod -w, while the pod comes': [
    [POD, '0/2', 'Pending', '0'],
    [POD, '0/2', 'ContainerCreating', '0'],
    [POD, '1/2', 'Running', '0'],
    [POD, '2/2', 'Running', '0'],
  ],
  'curl, at zero': 'Hello World!\n',
  'kubectl get pod -w, while the pod goes': [
    [POD, '2/2', 'Terminating', '0'],
    [POD, '0/2', 'Terminating', '0'],
  ],
  'kubectl get deployments.apps': { 'hello-world-deployment': { READY: '0/0', 'UP-TO-DATE': '0', AVAILABLE: '0', AGE: 'AGE' } },
  'kn revision list, with a second revision': {
    'hello-knative': revisionRow('100%', '2', '4 OK / 4'),
    'hello-world': revisionRow('', '1', '3 OK / 4'),
  },
  'curl, both answers': ['Hello Knative!\n', 'Hello World!\n'],
  'kn revision list, with a split': {
    'hello-knative': revisionRow('50%', '2', '3 OK / 4'),
    'hello-world': revisionRow('50%', '1', '3 OK / 4'),
  },
} as const;

export type Step = keyof typeof facts;
