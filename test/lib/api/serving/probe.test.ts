import { CONTAINER, refusals, withContainer } from '../support';

const MAX = 2147483647;

test.each([
  ['an HTTP readiness probe without a port', { readinessProbe: { httpGet: { path: '/' } } }],
  ['a readiness probe that names the port', { readinessProbe: { httpGet: { port: 'http' } } }],
  [
    'probes on another port by number',
    { livenessProbe: { tcpSocket: { port: 5000 } }, readinessProbe: { httpGet: { port: 5001 } } },
  ],
  ['an exec probe', { livenessProbe: { exec: { command: ['true'] } }, startupProbe: { exec: { command: ['true'] } } }],
  ['a gRPC probe', { livenessProbe: { grpc: { port: 46 } } }],
  [
    'a readiness probe with a period',
    { readinessProbe: { periodSeconds: 1, httpGet: {}, timeoutSeconds: 1, failureThreshold: 3 } },
  ],
  ['a readiness probe without a handler, which has a default', { readinessProbe: { periodSeconds: 5 } }],
])('%s is accepted', (_, container) => {
  expect(refusals(withContainer(container))).toEqual([]);
});

const handlers = (probe: string, ...names: string[]) => names.map((name) => `${CONTAINER}.${probe}.${name}`).join(', ');

test.each([
  [
    'a liveness probe without a handler',
    { livenessProbe: { periodSeconds: 5 } },
    [`expected exactly one, got neither: ${handlers('livenessProbe', 'exec', 'grpc', 'httpGet', 'tcpSocket')}`],
  ],
  [
    'a readiness probe with several handlers',
    { readinessProbe: { httpGet: {}, tcpSocket: {}, exec: {} } },
    [`expected exactly one, got both: ${handlers('readinessProbe', 'exec', 'httpGet', 'tcpSocket')}`],
  ],
  [
    'a liveness probe that names another port',
    { livenessProbe: { tcpSocket: { port: 'imap' } } },
    [`invalid value: imap: ${CONTAINER}.livenessProbe.tcpSocket.port\nProbe port must match container port`],
  ],
  [
    'a failure threshold without a period',
    { readinessProbe: { tcpSocket: {}, failureThreshold: 2 } },
    [`failureThreshold is disallowed when periodSeconds is zero: ${CONTAINER}.readinessProbe.failureThreshold`],
  ],
  [
    'a timeout without a period',
    { readinessProbe: { tcpSocket: {}, timeoutSeconds: 2 } },
    [`timeoutSeconds is disallowed when periodSeconds is zero: ${CONTAINER}.readinessProbe.timeoutSeconds`],
  ],
  [
    'numbers that are out of bounds',
    {
      readinessProbe: {
        httpGet: {},
        periodSeconds: -1,
        timeoutSeconds: -1,
        successThreshold: -1,
        failureThreshold: -1,
        initialDelaySeconds: -1,
      },
    },
    [
      `expected 0 <= -1 <= ${MAX}: ${handlers('readinessProbe', 'initialDelaySeconds', 'periodSeconds')}`,
      `expected 1 <= -1 <= ${MAX}: ${handlers('readinessProbe', 'failureThreshold', 'successThreshold', 'timeoutSeconds')}`,
    ],
  ],
])('%s is refused', (_, container, expected) => {
  expect(refusals(withContainer(container))).toEqual(expected);
});
