import { queueSettings } from '../../../../lib/roles/queue';

const ENV = { QUEUE_SERVING_PORT: '8012', USER_PORT: '8080' };

test('the least that a sidecar must be told are two ports', () => {
  expect(queueSettings(ENV)).toMatchObject({
    ...{ port: 8012, protocol: 'http1', userPort: 8080, concurrency: 0, probe: undefined },
    timeouts: { total: 0, responseStart: 0, idle: 0 },
  });
});

test('everything else is told by upstream’s variables', () => {
  const env = {
    ...{ ...ENV, QUEUE_SERVING_PORT: '8013', CONTAINER_CONCURRENCY: '5', SERVING_REVISION: 'hello-00001', SERVING_POD: 'p' },
    ...{ REVISION_TIMEOUT_SECONDS: '300', REVISION_RESPONSE_START_TIMEOUT_SECONDS: '20', REVISION_IDLE_TIMEOUT_SECONDS: '10' },
    SERVING_READINESS_PROBE: '{"tcpSocket":{"port":8080}}',
  };
  expect(queueSettings(env)).toMatchObject({
    ...{ port: 8013, protocol: 'h2c', concurrency: 5, revision: 'hello-00001', pod: 'p' },
    timeouts: { total: 300_000, responseStart: 20_000, idle: 10_000 },
    probe: { tcpSocket: { port: 8080 } },
  });
});

test.each([
  ['USER_PORT', undefined, 'The environment has no USER_PORT'],
  ['QUEUE_SERVING_PORT', '99999', 'QUEUE_SERVING_PORT is "99999"'],
  ['CONTAINER_CONCURRENCY', 'many', 'CONTAINER_CONCURRENCY is "many"'],
  ['SERVING_READINESS_PROBE', '{', 'SERVING_READINESS_PROBE is no JSON'],
])('%s that cannot be read is named', (name, value, message) => {
  expect(() => queueSettings({ ...ENV, [name]: value })).toThrow(message);
});
