import { App, Chart, Duration, Size } from 'cdk8s';
import { KnService, Probe, RevisionName, RevisionRef, TrafficSplit } from 'knative-constructs';

/** A chart with one service that uses every prop. */
export function kitchenSink(): Chart {
  const chart = new Chart(new App(), 'kitchen', { namespace: 'shop', labels: { team: 'web' } });
  const service = new KnService(chart, 'sink', {
    name: 'sink',
    metadata: { labels: { tier: 'front' }, annotations: { owner: 'me' } },
    visibility: 'cluster-local',
    rolloutDuration: Duration.minutes(2),
    image: 'registry.example.com/sink:1',
    containerName: 'serve',
    command: ['/serve'],
    args: ['--verbose'],
    workingDir: '/srv',
    imagePullPolicy: 'IfNotPresent',
    env: { GREETING: 'hi', RETRIES: 3, DEBUG: true, MODE: { configMap: 'settings', key: 'mode' } },
    envFrom: [{ secret: 'keys', prefix: 'KEY_', optional: true }],
    port: 9000,
    protocol: 'h2c',
    resources: { requests: { cpu: '100m', memory: Size.mebibytes(64) }, limits: { cpu: 2 } },
    readiness: Probe.httpGet('/ready', { periodSeconds: 5 }),
    liveness: Probe.tcp({ port: 9000 }),
    startup: Probe.grpc({ service: 'sink', failureThreshold: 10 }),
    securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false },
    volumes: [
      { mountPath: '/etc/sink', configMap: 'settings', items: { 'app.json': 'config.json' }, readOnly: true },
      { mountPath: '/var/keys', secret: 'keys', optional: true, defaultMode: 0o400, readOnly: true },
      { mountPath: '/var/cache', name: 'cache', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
      {
        mountPath: '/var/identity',
        projected: [{ configMap: 'settings' }, { serviceAccountToken: { path: 'token', audience: 'shop' } }],
        readOnly: true,
      },
    ],
    serviceAccount: 'sink',
    automountServiceAccountToken: false,
    imagePullSecrets: ['registry'],
    concurrency: { target: 10, utilization: 80, hardLimit: 20 },
    scale: {
      min: 1,
      max: 10,
      initial: 2,
      activation: 3,
      window: '30s',
      metric: 'concurrency',
      downDelay: '1m',
      retention: Duration.seconds(90),
      burst: -1,
      panic: { window: 20, threshold: 150 },
      aggregation: 'weighted-exponential',
      class: 'kpa',
    },
    timeouts: { request: '2m', responseStart: Duration.seconds(30), idle: '15s' },
    progressDeadline: '5m',
    retain: true,
    queueSidecar: { requests: { cpu: '50m', memory: '64Mi' }, limits: { ephemeralStorage: '1Gi' } },
    template: { labels: { app: 'sink' }, annotations: { note: 'template' } },
    revision: RevisionName.byContentHash(),
    local: { command: ['node', 'server.js'] },
  });
  service
    .addContainer({ name: 'logger', image: 'logger:1', mounts: [{ volume: 'cache', mountPath: '/cache' }] })
    .splitTraffic(TrafficSplit.canary({ stable: 'sink-00001', next: RevisionRef.byContentHash(), percent: 10, tag: 'next' }));
  return chart;
}
