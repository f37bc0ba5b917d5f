import { allTypes } from '../../../lib/api';
import { noLog, RealClock, seededRandom } from '../../../lib/base';
import { type Gateway, HttpListener } from '../../../lib/gateway';
import { MemoryCluster } from '../../../lib/local/cluster';
import { ClusterNames } from '../../../lib/roles/cluster-names';

const clock = new RealClock();
const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
// No request is sent.
const gateway = {} as Gateway;

let names: ClusterNames;
beforeEach(async () => {
  names = new ClusterNames({ gateway, cluster, clock, log: noLog });
  await names.start();
});
afterEach(() => names.close());

test('a name has a URL before its Service exists: pods that start together need each other', async () => {
  const url = await names.urlFor('back.default.svc.cluster.local');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await names.urlFor('Back.default.svc')).toBe(url);
  expect(await names.urlFor('back.other.svc')).not.toBe(url);
});

test.each(['back.default', 'deep.back.default.svc', 'example.com', 'kubernetes.default.svc', ''])(
  '%j is no name of a Service behind the gateway',
  async (host) => expect(await names.urlFor(host)).toBeUndefined(),
);

test('a port that could not be opened is tried again, and keeps nobody from closing', async () => {
  const listen = jest.spyOn(HttpListener.prototype, 'listen').mockRejectedValueOnce(new Error('EMFILE'));
  await expect(names.urlFor('back.default.svc')).rejects.toThrow('EMFILE');
  listen.mockRestore();
  expect(await names.urlFor('back.default.svc')).toMatch(/^http:/);
});
