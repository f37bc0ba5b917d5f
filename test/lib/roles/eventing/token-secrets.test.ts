import {
  allTypes,
  type OwnerReference,
  type Secret,
  SecretType,
  ServiceAccountType,
  type SinkBinding,
  SinkBindingType,
} from '../../../../lib/api';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import type { TokenSecretQuestion } from '../../../../lib/control';
import { LocalServiceAccounts, MemoryCluster, TokenIssuer } from '../../../../lib/local';
import { TokenSecrets } from '../../../../lib/roles/eventing/token-secrets';

const owner = (uid: string): OwnerReference => ({
  ...{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding', name: 'bind', uid, controller: true },
  blockOwnerDeletion: false,
});
const BINDING: SinkBinding = {
  ...{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding', metadata: { namespace: 'default', name: 'bind' } },
  spec: { subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }, sink: { uri: 'http://x.example.com' } },
};
const KEY = 'default/bind';

async function world() {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  const issuer = new TokenIssuer(clock);
  const { uid } = (await cluster.create<SinkBinding>(SinkBindingType, BINDING)).metadata;
  const gone: TokenSecretQuestion = { namespace: 'default', name: 'bind-oidc-token', owner: owner(uid) };
  const wanted: TokenSecretQuestion = { ...gone, token: { serviceAccount: 'sa', uid: 'sa-uid', audience: 'me' } };
  await cluster.create(ServiceAccountType, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: 'default', name: 'sa' },
  });
  const accounts = new LocalServiceAccounts(cluster, issuer);
  const secrets = new TokenSecrets({ cluster, clock, executor, log: noLog, accounts });
  const answers: unknown[] = [];
  const ask = async (input: TokenSecretQuestion) => {
    secrets.ask({ topic: secrets.topic, key: KEY, input }, (_key, answer) => answers.push(answer));
    await clock.settle();
  };
  const secret = () => cluster.get<Secret>(SecretType, 'default', 'bind-oidc-token');
  const token = async () => Buffer.from((await secret())?.data?.['token'] ?? '', 'base64').toString();
  return { gone, wanted, clock, cluster, issuer, secrets, answers, ask, secret, token };
}

test('a Secret is made with a token of the service account, and belongs to who asked', async () => {
  const { wanted, ask, answers, secret, token, issuer } = await world();
  await ask(wanted);
  expect(answers).toEqual([{ present: true }]);
  expect((await secret())?.metadata).toMatchObject({
    labels: { 'eventing.knative.dev/oidc': 'enabled' },
    ownerReferences: [wanted.owner],
  });
  expect(issuer.verify(await token(), 'me')).toMatchObject({ subject: 'system:serviceaccount:default:sa' });
});

test('nobody reads Secrets where no sender has to prove itself', async () => {
  const { gone, ask, cluster, answers } = await world();
  const watch = jest.spyOn(cluster, 'watch');
  const list = jest.spyOn(cluster, 'list');
  await ask(gone);
  expect(answers).toEqual([{ present: false }]);
  expect([watch, list].flatMap(({ mock }) => mock.calls as readonly unknown[])).toEqual([]);
});

test('Secrets are looked at no more once no sender has to prove itself any more', async () => {
  const { wanted, gone, ask, cluster } = await world();
  const stopped: (() => void)[] = [];
  const watch = cluster.watch.bind(cluster);
  cluster.watch = ((...args: Parameters<typeof watch>) => {
    const inner = watch(...args);
    const stop = jest.fn(() => inner.stop());
    stopped.push(stop);
    return { closed: inner.closed, stop };
  }) as typeof watch;
  await ask(wanted);
  expect(stopped).toHaveLength(1);
  expect(stopped[0]).not.toHaveBeenCalled();
  await ask(gone);
  expect(stopped[0]).toHaveBeenCalled();
  await ask(wanted);
  expect(stopped).toHaveLength(2);
});

test('the token is another one before it ends, until nobody asks for it', async () => {
  const { wanted, ask, token, issuer, clock, secrets } = await world();
  await ask(wanted);
  const first = await token();
  await clock.advance(35 * 60_000);
  const second = await token();
  expect(second).not.toBe(first);
  await clock.advance(5 * 3600_000);
  expect(issuer.verify(await token(), 'me')).toHaveProperty('subject');
  secrets.forget(KEY);
  const last = await token();
  await clock.advance(2 * 3600_000);
  expect(await token()).toBe(last);
});

test('a Secret that somebody has deleted comes again', async () => {
  const { wanted, ask, token, cluster, clock } = await world();
  await ask(wanted);
  await cluster.delete(SecretType, 'default', 'bind-oidc-token');
  await clock.advance(10_000);
  expect(await token()).not.toBe('');
  await cluster.delete(SinkBindingType, 'default', 'bind');
  await clock.settle();
  expect(await token()).toBe('');
});

test('a Secret that is not wanted any more goes, also while it is being written', async () => {
  const { wanted, gone, ask, answers, secret } = await world();
  const writing = ask(wanted);
  await ask(gone);
  await writing;
  expect([answers.at(-1), await secret()]).toEqual([{ present: false }, undefined]);
});

test('a Secret of somebody else is left alone', async () => {
  const { wanted, gone, ask, answers, cluster, secret, clock } = await world();
  const metadata = { namespace: 'default', name: 'bind-oidc-token' };
  await cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata, data: { own: 'eA==' } });
  await ask(wanted);
  expect(answers).toEqual([{ present: false, problem: 'secret bind-oidc-token not owned by SinkBinding bind' }]);
  await ask(gone);
  expect((await secret())?.data).toEqual({ own: 'eA==' });
  await cluster.delete(SecretType, 'default', 'bind-oidc-token');
  await ask(wanted);
  await clock.advance(10_000);
  expect(answers.at(-1)).toEqual({ present: true });
});
