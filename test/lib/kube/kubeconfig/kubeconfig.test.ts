import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { CountingExecutor, type KncError, VirtualClock } from '../../../../lib/base';
import { InClusterConnection, isInCluster, KubeconfigConnection } from '../../../../lib/kube/kubeconfig';

describe('a kubeconfig', () => {
  let folder: string;
  let clock: VirtualClock;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'knc-test-'));
    clock = new VirtualClock(new CountingExecutor(() => {}));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: string | object): string => {
    const file = path.join(folder, name);
    writeFileSync(file, typeof content === 'string' ? content : stringify(content));
    return file;
  };
  const config = (user: object = {}, cluster: object = {}, more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [{ name: 'c', cluster: { server: 'https://one.example:6443/', ...cluster } }],
    contexts: [{ name: 'one', context: { cluster: 'c', user: 'u', namespace: 'team' } }],
    users: [{ name: 'u', user }],
    ...more,
  });
  const open = (content: string | object, options: { context?: string; env?: Record<string, string> } = {}) =>
    new KubeconfigConnection({
      file: write('config', content),
      env: { ...process.env, ...options.env },
      cwd: folder,
      clock,
      ...options,
    });
  const fault = async (work: () => Promise<unknown> | unknown): Promise<KncError> => {
    try {
      await work();
    } catch (error) {
      return error as KncError;
    }
    throw new Error('nothing was thrown');
  };

  test('gives server, namespace and token of the current context', async () => {
    const source = open(config({ token: 'secret' }));
    expect(source.namespace).toBe('team');
    expect(await source.get()).toEqual({
      server: 'https://one.example:6443',
      tls: {},
      headers: { authorization: 'Bearer secret' },
    });
  });

  test('gives another context, and names those there are when it is not there', async () => {
    const contexts = [
      { name: 'one', context: { cluster: 'c', user: 'u' } },
      { name: 'two', context: { cluster: 'c', user: 'u', namespace: 'second' } },
    ];
    const content = config({}, {}, { contexts });
    expect(open(content, { context: 'two' }).namespace).toBe('second');
    expect(open(content).namespace).toBe('default');
    const error = await fault(() => open(content, { context: 'three' }));
    expect([error.code, error.message, error.remedy]).toEqual([
      'KNC4010',
      'there is no context "three"',
      'Contexts that exist: one, two.',
    ]);
  });

  test('merges the files of KUBECONFIG: the first that names a thing wins, those that are missing are passed over', async () => {
    const first = write('first', {
      'current-context': 'mine',
      contexts: [{ name: 'mine', context: { cluster: 'c', user: 'u' } }],
    });
    const second = write('second', config({ token: 'second' }));
    const third = write('third', config({ token: 'third' }, { server: 'https://three.example' }));
    const KUBECONFIG = [path.join(folder, 'none'), first, '', second, third].join(path.delimiter);
    const connection = await new KubeconfigConnection({ env: { KUBECONFIG }, cwd: folder, clock }).get();
    expect(connection).toMatchObject({ server: 'https://one.example:6443', headers: { authorization: 'Bearer second' } });
  });

  test('is ~/.kube/config unless something else is said', async () => {
    const source = () => new KubeconfigConnection({ env: { HOME: folder }, cwd: folder, clock });
    expect((await fault(source)).code).toBe('KNC4010');
  });

  test('has certificates as data or as files beside it, and says how the server is to be trusted', async () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    write('ca.pem', 'CA');
    write('key.pem', 'KEY');
    const trust = {
      'certificate-authority': 'ca.pem',
      'tls-server-name': 'api',
      'insecure-skip-tls-verify': true,
      'proxy-url': 'http://proxy:3128',
    };
    const source = open(config({ 'client-certificate-data': base64('CERT'), 'client-key': 'key.pem' }, trust));
    expect(await source.get()).toEqual({
      server: 'https://one.example:6443',
      proxyUrl: 'http://proxy:3128',
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'api', insecure: true },
      headers: {},
    });
  });

  test('has basic authentication and impersonation', async () => {
    const user = {
      username: 'me',
      password: 'pw',
      as: 'other',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'Scope/X': ['view'] },
    };
    expect((await open(config(user)).get()).headers).toEqual({
      authorization: `Basic ${Buffer.from('me:pw').toString('base64')}`,
      'impersonate-user': 'other',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-scope%2fx': ['view'],
    });
  });

  test('reads a token file again after a minute, and gives the same connection while nothing changed', async () => {
    write('token', 'first\n');
    const source = open(config({ token: 'unused', tokenFile: 'token' }));
    const first = await source.get();
    expect(first.headers).toEqual({ authorization: 'Bearer first' });
    write('token', 'second\n');
    expect(await source.get()).toBe(first);
    await clock.advance(60_000);
    const second = await source.get();
    expect(second.headers).toEqual({ authorization: 'Bearer second' });
    await clock.advance(60_000);
    expect(await source.get()).toBe(second);
  });

  test('is read again when its server does not serve', async () => {
    const source = open(config({ token: 'old' }));
    const before = await source.get();
    write('config', config({ token: 'new' }, { server: 'https://moved.example' }));
    expect(await source.get()).toBe(before);
    source.invalidate(before, 'server');
    expect(await source.get()).toMatchObject({ server: 'https://moved.example', headers: { authorization: 'Bearer new' } });
  });

  test.each([
    ['kind: Pod', 'config: kind', 'expected Config, got Pod'],
    ['a: [', 'config: document', /not valid YAML/],
    [config({}, { server: 'one' }), 'config: clusters[c].cluster.server', 'expected an http(s) URL, got "one"'],
    [config({ token: 5 }), 'config: users[u].user.token', 'expected a string, got 5'],
    [
      config({}, { 'insecure-skip-tls-verify': 'yes' }),
      'config: clusters[c].cluster.insecure-skip-tls-verify',
      /expected true or false/,
    ],
    [config({ 'client-certificate': 'none.pem' }), 'config: users[u].user.client-certificate', /ENOENT/],
    [config({ 'client-key-data': 'aGk=' }), 'config: users[u].user.client-certificate', /needs its key/],
    [config({}, { 'proxy-url': 'socks5://x' }), 'config: clusters[c].cluster.proxy-url', /only http and https proxies/],
    [config({}, {}, { users: [] }), 'config: contexts[one].context.user', 'there is no user "u"'],
    [config({}, {}, { clusters: [] }), 'config: contexts[one].context.cluster', 'there is no cluster "c"'],
    [
      config({ exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } }),
      'config: users[u].user.exec.apiVersion',
      /is not supported; one of/,
    ],
    [
      config({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x', interactiveMode: 'Always' } }),
      'config: users[u].user.exec.interactiveMode',
      /cannot support interactive mode/,
    ],
  ])('at fault is refused with file and field: %#', async (content, where, message) => {
    const error = await fault(() => open(content).get());
    expect(error.code).toBe('KNC4010');
    expect(path.basename(error.where!)).toBe(where);
    expect(error.message).toMatch(message);
  });

  test('with an auth provider is refused by its name, with what to use instead', async () => {
    const error = await fault(() => open(config({ 'auth-provider': { name: 'oidc', config: {} } })).get());
    expect(error.message).toBe('the auth-provider oidc is not supported');
    expect(error.remedy).toMatch(/credential plugin/);
  });

  describe('with a credential plugin', () => {
    const plugin = (script: string): string => {
      const file = write('plugin.js', `#!${process.execPath}\n${script}`);
      chmodSync(file, 0o700);
      return './plugin.js';
    };
    const counting = `
      const fs = require('node:fs');
      const file = __dirname + '/count';
      const count = (fs.existsSync(file) ? Number(fs.readFileSync(file)) : 0) + 1;
      fs.writeFileSync(file, String(count));
      const { spec, apiVersion } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      const token = [count, process.env.FLAVOUR, process.argv[2], spec.cluster?.server].join();
      console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token, expirationTimestamp: process.env.EXPIRES } }));`;
    const exec = (more: object = {}) => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: plugin(counting),
        args: ['arg'],
        env: [
          { name: 'FLAVOUR', value: 'sweet' },
          { name: 'EXPIRES', value: new Date(clock.now() + 60_000).toISOString() },
        ],
        provideClusterInfo: true,
        interactiveMode: 'IfAvailable',
        ...more,
      },
    });

    test('runs it with its arguments and environment, and keeps what it gave until that expires', async () => {
      const source = open(config(exec()));
      const first = await source.get();
      expect(first.headers).toEqual({ authorization: 'Bearer 1,sweet,arg,https://one.example:6443' });
      expect(await source.get()).toBe(first);
      await clock.advance(56_000);
      await expect(source.get()).resolves.toMatchObject({ headers: { authorization: expect.stringMatching(/^Bearer 2,/) } });
    });

    test('asks it anew for credentials that were refused, and not for a server that has gone', async () => {
      const source = open(config(exec({ provideClusterInfo: false })));
      const first = await source.get();
      source.invalidate(first, 'server');
      expect(await source.get()).toBe(first);
      source.invalidate(first, 'credentials');
      expect((await source.get()).headers).toEqual({ authorization: 'Bearer 2,sweet,arg,' });
    });

    test.each([
      ["console.error('not signed in'); process.exit(1)", 'plugin.js failed: not signed in'],
      ["console.log('hello')", 'plugin.js printed no ExecCredential'],
      [
        "console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1beta1', status: {} }))",
        'printed version client.authentication.k8s.io/v1beta1',
      ],
      [
        "console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: {} }))",
        'printed neither a token nor a certificate',
      ],
      [
        "console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { clientCertificateData: 'x' } }))",
        'printed a certificate without key',
      ],
    ])('that fails says how: %s', async (script, message) => {
      const user = exec();
      plugin(script);
      const error = await fault(() => open(config(user)).get());
      expect(error.code).toBe('KNC4011');
      expect(error.message).toContain(message);
      expect(error.where).toMatch(/config: users\[u\]\.user\.exec$/);
    });

    test('that is not installed says how to install it', async () => {
      const missing = exec({ command: 'no-such-plugin-anywhere', installHint: 'Get it from example.com.' });
      const error = await fault(() => open(config(missing)).get());
      expect([error.message, error.remedy]).toEqual([
        'program no-such-plugin-anywhere was not found',
        'Get it from example.com.',
      ]);
    });
  });

  describe('in a pod', () => {
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

    test('is the service account, whose token is read again every minute', async () => {
      for (const [name, text] of Object.entries({ token: 'first', 'ca.crt': 'CA', namespace: 'team' })) write(name, text);
      expect([isInCluster(env), isInCluster({})]).toEqual([true, false]);
      const source = new InClusterConnection({ env, clock, folder });
      const first = await source.get();
      expect(source.namespace).toBe('team');
      expect(first).toEqual({ server: 'https://[fd00::1]:443', tls: { ca: 'CA' }, headers: { authorization: 'Bearer first' } });
      write('token', 'second');
      expect(await source.get()).toBe(first);
      await clock.advance(60_000);
      const second = await source.get();
      expect(second.headers).toEqual({ authorization: 'Bearer second' });
      write('token', 'third');
      source.invalidate(second);
      expect((await source.get()).headers).toEqual({ authorization: 'Bearer third' });
    });

    test('without a mounted token says so', async () => {
      expect((await fault(() => new InClusterConnection({ env, clock, folder }).get())).code).toBe('KNC4011');
    });
  });
});
