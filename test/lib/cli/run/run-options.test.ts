import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { runOptions } from '../../../../lib/cli/run/run-options';
import { WriteLimiter } from '../../../../lib/kube/http/write-limiter';

const read = (options: Record<string, string | number>, env: Record<string, string> = {}) =>
  runOptions({ args: [], options }, env);

test('by itself it is everything in one process, with events in memory, at the ports of the installation', () => {
  expect(read({})).toMatchObject({
    role: 'all',
    eventing: true,
    state: undefined,
    stateSize: undefined,
    drainDelayMs: 5000,
    logLevel: 'info',
    ports: { external: 8080, internal: 8081, health: 8086, metrics: 9090 },
    kubeconfig: undefined,
    context: undefined,
  });
});

test('an environment variable says what is not typed', () => {
  const env = {
    KNC_STATE: '/data',
    KNC_STATE_SIZE: '1Gi',
    KNC_DRAIN_DELAY: '1s',
    KNC_HEALTH_PORT: '9086',
    KNC_LOG_LEVEL: 'debug',
  };
  expect(read({ drainDelay: '250ms' }, env)).toMatchObject({
    state: '/data',
    stateSize: 2 ** 30,
    drainDelayMs: 250,
    logLevel: 'debug',
    ports: { health: 9086 },
  });
});

test.each([
  ['KNC_ROLE', 'everything', 'KNC_ROLE is everything, and not one of'],
  ['KNC_PARTS', 'serving,events', '--parts events: there are serving, eventing'],
  ['KNC_PARTS', 'eventing', '--parts has no serving'],
  ['KNC_LOG_LEVEL', 'loud', 'KNC_LOG_LEVEL is loud'],
  ['KNC_METRICS_PORT', '99999', 'KNC_METRICS_PORT is 99999, and no port'],
  ['KNC_OUTER_INGRESS', 'kourier-system,A', '--outer-ingress A: not a namespace'],
  ['KNC_OUTER_INGRESS', 'kourier-system/envoy', '--outer-ingress kourier-system/envoy: not a label'],
  ['KNC_TRUSTED_PROXIES', '10.0.0.0/8,infra', '--trusted-proxies infra is no range of addresses'],
  ['KNC_KUBE_API_QPS', 'many', 'KNC_KUBE_API_QPS is many, and no number of writes'],
  ['KNC_STATE_SIZE', 'large', '--state-size large is no amount; write 500Mi or 2Gi'],
  ['KNC_DRAIN_DELAY', 'soon', '--drain-delay soon is no duration'],
])('%s that makes no sense is named', (name, value, message) => {
  expect(() => read({}, { [name]: value })).toThrow(message);
});

test('events are left out where only serving is named, and with them the roles that are of events', () => {
  expect(read({}, { KNC_PARTS: 'serving' }).eventing).toBe(false);
  expect(read({}, { KNC_PARTS: 'serving, eventing' }).eventing).toBe(true);
  expect(runOptions({ args: [], options: { parts: ['serving'], role: 'controller' } }, {}).eventing).toBe(false);
  expect(() => read({ role: 'source' }, { KNC_PARTS: 'serving' })).toThrow('--role source is of eventing');
});

test.each<[string, (second: number) => number]>([
  ['6,500 of ours, half of them in the first ten seconds', (second) => (second < 10 ? 325 : 108)],
  ['11,000, were all of them ours', () => 275],
])('writes are limited so that 300 services at once are not slowed: %s', async (_, inSecond) => {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const limiter = new WriteLimiter(clock, read({}).writeLimit!);
  let waited = 0;
  const write = async () => {
    const begin = clock.now();
    await limiter.take();
    waited = Math.max(waited, clock.now() - begin);
  };
  for (let second = 0; second < 40; second++) {
    for (let i = 0; i < inSecond(second); i++) void write();
    await clock.advance(1000);
  }
  expect(waited).toBe(0);
});

test('how many writes the API server gets can be said, and that there is no limit', () => {
  expect(read({}).writeLimit).toEqual({ qps: 400, burst: 800 });
  expect(read({}, { KNC_KUBE_API_QPS: '5', KNC_KUBE_API_BURST: '10' }).writeLimit).toEqual({ qps: 5, burst: 10 });
  expect(read({ kubeApiQps: '0' }).writeLimit).toBeUndefined();
});

test('proxies in front are named by their addresses; by default there are none', () => {
  expect(read({}).trustedProxies).toEqual([]);
  expect(read({}, { KNC_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1' }).trustedProxies).toEqual(['10.0.0.0/8', '2001:db8::1']);
});

test('an ingress in front is named by namespace, or by namespace and label; by default there is none', () => {
  const pods = [{ namespace: 'kourier-system' }, { namespace: 'projectcontour', label: 'app.kubernetes.io/name=envoy' }];
  const texts = ['kourier-system', 'projectcontour/app.kubernetes.io/name=envoy'];
  expect(read({}).outerIngress).toEqual([]);
  expect(read({}, { KNC_OUTER_INGRESS: texts.join(', ') }).outerIngress).toEqual(pods);
  expect(runOptions({ args: [], options: { outerIngress: texts } }, {}).outerIngress).toEqual(pods);
});

test('API servers ask where a port is given for that, or where it is the role', () => {
  expect(read({}).ports.webhook).toBeUndefined();
  expect(read({ webhookPort: 4444 }).ports.webhook).toBe(4444);
  expect(read({}, { KNC_WEBHOOK_PORT: '4443' }).ports.webhook).toBe(4443);
  expect(read({ role: 'webhook' }).ports.webhook).toBe(4443);
});
