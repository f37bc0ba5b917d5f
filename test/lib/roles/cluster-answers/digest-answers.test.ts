import type { ServerResponse } from 'node:http';
import type { KubeObject, ResourceType } from '../../../../lib/api';
import { type Clock, CountingExecutor, noLog, RealClock, VirtualClock } from '../../../../lib/base';
import { DIGEST_TOPIC, type DigestAnswer, type DigestQuestion } from '../../../../lib/control';
import { type Cluster, ClusterError } from '../../../../lib/kube';
import { RegistryClient, type RegistryClientOptions } from '../../../../lib/registry';
import { DigestAnswers } from '../../../../lib/roles/cluster-answers';
import { RegistryServer, type RegistryServerOptions } from '../../registry/registry-server';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function world(options: RegistryServerOptions = {}, client: Partial<RegistryClientOptions> = {}) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const virtual = new VirtualClock(executor);
  const clock: Clock = client.clock ?? virtual;
  const server = await RegistryServer.start(options);
  const objects: Record<string, object> = {};
  const read: string[] = [];
  const get = async ({ kind }: ResourceType, namespace: string, name: string) => {
    read.push(`${kind} ${namespace}/${name}`);
    const found = objects[`${kind} ${name}`];
    if (found instanceof Error) throw found;
    return found as KubeObject | undefined;
  };
  const registries = new RegistryClient({ clock, rules: { allowed: [server.host] }, ...client });
  const digests = new DigestAnswers({ cluster: { get } as unknown as Cluster, clock, executor, log: noLog, registries });
  stops.push(
    () => digests.stop(),
    () => registries.close(),
    () => server.stop(),
  );
  const pullSecret = (name: string, username: string, password: string) => {
    const data = { '.dockerconfigjson': base64(JSON.stringify({ auths: { [server.host]: { username, password } } })) };
    objects[`Secret ${name}`] = { type: 'kubernetes.io/dockerconfigjson', data };
  };
  const ask = (key: string, question: Partial<DigestQuestion> = {}) => {
    const answers: DigestAnswer[] = [];
    const input: DigestQuestion = {
      namespace: 'default',
      serviceAccountName: undefined,
      imagePullSecrets: [],
      images: [server.image],
      timeout: 10_000,
      ...question,
    };
    digests.ask({ topic: DIGEST_TOPIC, key, input }, (_key, answer) => answers.push(answer as DigestAnswer));
    return answers;
  };
  return { server, digests, clock: virtual, objects, read, pullSecret, ask };
}

describe('digests on a cluster', () => {
  test('an image is named by its digest', async () => {
    const { server, clock, ask } = await world();
    const answers = ask('a');
    await clock.advance(0);
    expect(answers).toEqual([{ [server.image]: { image: server.byDigest } }]);
  });

  test.each([
    ['the pull itself', { imagePullSecrets: ['mine'] }],
    ['its service account', { serviceAccountName: 'robot' }],
    ['the service account that everybody has', {}],
  ])('the credentials of %s are used, each Secret read by its name', async (_, question) => {
    const { server, clock, ask, objects, pullSecret, read } = await world({ users: { me: 'secret' } });
    pullSecret('mine', 'me', 'secret');
    if (!('imagePullSecrets' in question)) {
      objects[`ServiceAccount ${'serviceAccountName' in question ? 'robot' : 'default'}`] = {
        imagePullSecrets: [{ name: 'mine' }],
      };
    }
    const answers = ask('a', question);
    await clock.advance(0);
    expect(answers).toEqual([{ [server.image]: { image: server.byDigest } }]);
    expect(read.filter((line) => line.startsWith('Secret'))).toEqual(['Secret default/mine']);
  });

  test('a pull secret for another registry goes nowhere', async () => {
    const { server, clock, ask, objects } = await world({ users: { me: 'secret' } });
    const data = { '.dockerconfigjson': base64('{"auths":{"ghcr.io":{"username":"me","password":"secret"}}}') };
    objects['Secret other'] = { type: 'kubernetes.io/dockerconfigjson', data };
    const answers = ask('a', { imagePullSecrets: ['other'] });
    await clock.advance(0);
    expect(JSON.stringify(answers)).toContain('401 Unauthorized');
    expect(JSON.stringify(answers)).toContain('no pull secret is for it');
    expect(server.asked.join()).not.toContain('Basic');
  });

  test('a Secret that is missing, is something else or may not be read is named beside what came of it', async () => {
    const { clock, ask, objects } = await world({ users: { me: 'secret' } });
    objects['Secret opaque'] = { type: 'Opaque' };
    objects['Secret hidden'] = new ClusterError('Forbidden', 'secrets "hidden" is forbidden');
    const answers = ask('a', { imagePullSecrets: ['gone', 'opaque', 'hidden'] });
    await clock.advance(0);
    const text = JSON.stringify(answers);
    expect(text).toContain('failed to resolve image to digest: HEAD http');
    expect(text).toContain('secret gone: there is none');
    expect(text).toContain('secret hidden: secrets \\"hidden\\" is forbidden');
    expect(text).toContain('secret opaque: is of type');
  });

  test('a hundred revisions of one image are one question to the registry', async () => {
    const { server, clock, ask, read } = await world();
    const all = Array.from({ length: 100 }, (_, i) => ask(`r${i}`));
    await clock.advance(0);
    expect(all.every((answers) => answers.length === 1)).toBe(true);
    expect(server.manifests).toBe(1);
    expect(read).toEqual(['ServiceAccount default/default']);
  });

  test('a tag that has moved is noticed by the next revision', async () => {
    const { server, clock, ask } = await world();
    ask('a');
    await clock.advance(2000);
    ask('b');
    await clock.advance(0);
    expect(server.manifests).toBe(2);
  });

  test('what could not be had is tried again, ever more seldom, until nobody asks', async () => {
    let there = false;
    const { server, digests, clock, ask } = await world({
      instead: (_, response) => !there && !!response.writeHead(404).end(),
    });
    const answers = ask('a');
    await clock.advance(0);
    expect(answers).toHaveLength(1);
    await clock.advance(3_600_000);
    expect(server.manifests).toBeLessThan(20);
    there = true;
    await clock.advance(300_000);
    expect(answers.at(-1)).toEqual({ [server.image]: { image: server.byDigest } });
    const before = server.manifests;
    digests.forget('a');
    await clock.advance(3_600_000);
    expect(server.manifests).toBe(before);
  });

  test('a registry that is busy is asked once more', async () => {
    let times = 0;
    const { server, clock, ask } = await world({ instead: (_, response) => times++ === 0 && !!response.writeHead(503).end() });
    const answers = ask('a');
    await clock.advance(300);
    expect(answers).toEqual([{ [server.image]: { image: server.byDigest } }]);
  });

  test('one that cannot be reached is not asked again for a while, so that nobody waits in vain', async () => {
    const { server, clock, ask } = await world({ instead: (request) => !!request.socket.destroy() });
    const answers = ask('a');
    await clock.advance(0);
    expect(JSON.stringify(answers)).toContain('failed to resolve image to digest: HEAD https');
    const { manifests } = server;
    const other = ask('b', { images: [`${server.host}/other:v1`] });
    await clock.advance(5000);
    expect(other).toHaveLength(1);
    expect(server.manifests).toBe(manifests);
    ask('c');
    await clock.advance(60_000);
    expect(server.manifests).toBeGreaterThan(manifests);
  });

  test('one that never answers is left after the time of config-deployment', async () => {
    const clock = new RealClock();
    const { ask } = await world({ instead: () => true }, { clock });
    const answers = ask('a', { timeout: 50 });
    while (answers.length === 0) await clock.sleep(5);
    expect(JSON.stringify(answers)).toContain('gave no answer in 0.05 s');
  });

  test('that one question took too long keeps nobody else from asking', async () => {
    const clock = new RealClock();
    const { server, ask } = await world({ instead: ({ url }) => !!url?.includes('/slow/') }, { clock });
    const slow = ask('a', { images: [`${server.host}/slow/app:v1`], timeout: 50 });
    while (slow.length === 0) await clock.sleep(5);
    const other = ask('b');
    while (other.length === 0) await clock.sleep(5);
    expect(other).toEqual([{ [server.image]: { image: server.byDigest } }]);
  });

  test.each([
    ['whose connection ends in the midst of it', (response: ServerResponse) => response.socket?.destroy()],
    [
      'that is sent to where nobody is',
      (response: ServerResponse) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
  ])('nor does an answer %s', async (_, answer) => {
    const { server, clock, ask, pullSecret } = await world({
      instead: ({ url, headers }, response) => {
        const odd = !!url?.includes('/odd/') && headers.authorization !== undefined;
        if (odd) answer(response);
        return odd;
      },
      users: { me: 'secret' },
    });
    pullSecret('mine', 'me', 'secret');
    const odd = ask('a', { images: [`${server.host}/odd/app:v1`], imagePullSecrets: ['mine'] });
    await clock.advance(0);
    expect(odd).toHaveLength(1);
    const other = ask('b', { imagePullSecrets: ['mine'] });
    await clock.advance(0);
    expect(other).toEqual([{ [server.image]: { image: server.byDigest } }]);
  });

  test('what names no image is told', async () => {
    const { clock, ask } = await world();
    const answers = ask('a', { images: ['UPPER'] });
    await clock.advance(0);
    expect(answers).toEqual([
      { UPPER: { error: 'failed to resolve image to digest: failed to parse image name "UPPER" into a tag' } },
    ]);
  });
});
