import { brokerUrl } from '../../../../../lib/local/samples/cloudevents-player/broker-url';

const at = (env: Record<string, string>) => brokerUrl(env, { port: 8081, namespace: 'mine' }).url.href;
const INGRESS = 'http://broker-ingress.knative-eventing.svc.cluster.local';

test.each([
  [{ BROKER_URL: 'http://a/b', BROKER_URI: 'http://c', K_SINK: 'http://d', BROKER_NAME: 'e' }, 'http://a/b'],
  [{ BROKER_URI: 'http://c', K_SINK: 'http://d' }, 'http://c/'],
  [{ K_SINK: 'https://d', PLAYER_MODE: 'KNATIVE' }, 'https://d/'],
  [{ BROKER_NAME: 'e', BROKER_NAMESPACE: 'n', PLAYER_BROKER: 'p' }, `${INGRESS}/n/e`],
  [{ PLAYER_MODE: 'KNATIVE', PLAYER_BROKER: 'p' }, `${INGRESS}/mine/p`],
  [{}, `${INGRESS}/mine/default`],
  [{ PLAYER_MODE: 'LOCAL', BROKER_URL: 'http://a' }, 'http://127.0.0.1:8081/'],
])('%j sends to %s', (env, url) => {
  expect(at(env as Record<string, string>)).toBe(url);
});

test('the password of a broker is not shown', () => {
  expect(brokerUrl({ BROKER_URL: 'http://me:secret@a/b' }, { port: 1 }).shown).toBe('http://a/b');
});

test.each([
  [{ PLAYER_MODE: 'local' }, 'PLAYER_MODE is "local": it must be KNATIVE or LOCAL'],
  [{ BROKER_URL: 'broker' }, 'BROKER_URL is "broker": it must be an http or https URL'],
  [{ K_SINK: 'ftp://x' }, 'K_SINK is "ftp://x": it must be an http or https URL'],
])('%j means nothing', (env, message) => {
  expect(() => at(env as unknown as Record<string, string>)).toThrow(new RangeError(message));
});
