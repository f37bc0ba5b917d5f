import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type LookupFunction, type Socket } from 'node:net';
import { defaultDeploymentConfig } from '../../../lib/api';
import { CountingExecutor, RealClock, VirtualClock } from '../../../lib/base';
import { RegistryClient, type RegistryClientOptions, taggedImage } from '../../../lib/registry';
import { CONNECT_TIMEOUT_MS } from '../../../lib/registry/registry-http';
import { RegistryServer, type RegistryServerOptions } from './registry-server';

const clock = new RealClock();
const ME = { username: 'me', password: 'secret' };
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function server(options: RegistryServerOptions = {}): Promise<RegistryServer> {
  const started = await RegistryServer.start(options);
  stops.push(() => started.stop());
  return started;
}

function client(allowed: readonly RegistryServer[], options: Partial<RegistryClientOptions> = {}): RegistryClient {
  const made = new RegistryClient({ clock, rules: { allowed: allowed.map(({ host }) => host) }, ...options });
  stops.push(() => made.close());
  return made;
}

const never = new AbortController().signal;
const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;

async function failure(work: Promise<unknown>): Promise<Error & { failure?: string }> {
  return work.then(
    (value) => {
      throw new Error(`did not fail but said ${String(value)}`);
    },
    (error: Error) => error,
  );
}

describe('asking a registry for a digest', () => {
  test('one that is open says it to a HEAD that names every kind of manifest', async () => {
    const registry = await server();
    const digest = await client([registry]).digest(taggedImage(registry.image), [], never);
    expect(digest).toBe(registry.digest);
    expect(registry.asked).toEqual(['HEAD /v2/team/app/manifests/v1 -']);
    for (const type of ['oci.image.index', 'manifest.list', 'oci.image.manifest', 'distribution.manifest.v2']) {
      expect(registry.headers[0]?.accept).toContain(type);
    }
  });

  test('a name and password become a token to pull this repository and nothing else, which is used again', async () => {
    const registry = await server({ users: { me: 'secret' } });
    const registries = client([registry]);
    expect(await registries.digest(taggedImage(registry.image), [ME], never)).toBe(registry.digest);
    expect(await registries.digest(taggedImage(registry.image), [ME], never)).toBe(registry.digest);
    expect(registry.asked).toEqual([
      'HEAD /v2/team/app/manifests/v1 -',
      `GET /token?service=registry&scope=repository%3Ateam%2Fapp%3Apull ${basic}`,
      'HEAD /v2/team/app/manifests/v1 Bearer good',
      'HEAD /v2/team/app/manifests/v1 Bearer good',
    ]);
  });

  test('a token that one credential got is not used for another', async () => {
    const registry = await server({ users: { me: 'secret' } });
    const registries = client([registry]);
    await registries.digest(taggedImage(registry.image), [ME], never);
    const other = await failure(registries.digest(taggedImage(registry.image), [{ ...ME, password: 'x' }], never));
    expect(other.failure).toBe('denied');
  });

  test('basic authentication, only when it is asked for', async () => {
    const registry = await server({ users: { me: 'secret' }, auth: 'basic' });
    expect(await client([registry]).digest(taggedImage(registry.image), [ME], never)).toBe(registry.digest);
    expect(registry.asked).toEqual(['HEAD /v2/team/app/manifests/v1 -', `HEAD /v2/team/app/manifests/v1 ${basic}`]);
  });

  test('credentials are tried one after the other', async () => {
    const registry = await server({ users: { me: 'secret' } });
    const wrong = { username: 'me', password: 'old' };
    expect(await client([registry]).digest(taggedImage(registry.image), [wrong, ME], never)).toBe(registry.digest);
  });

  test('no more than five credentials are tried, and that is told', async () => {
    const registry = await server({ users: { me: 'secret' }, auth: 'basic' });
    const many = Array.from({ length: 9 }, (_, i) => ({ username: 'me', password: `old ${i}` }));
    const error = await failure(client([registry]).digest(taggedImage(registry.image), [...many, ME], never));
    expect(error).toMatchObject({ failure: 'denied' });
    expect(error.message).toContain('401 Unauthorized');
    expect(error.message).toContain('; of 10 credentials only the first 5 were tried');
    expect(registry.asked.filter((line) => line.includes('Basic'))).toHaveLength(5);
  });

  test('without any that is right it is denied, and the message has no secret in it', async () => {
    const registry = await server({ users: { me: 'secret' } });
    const error = await failure(
      client([registry]).digest(taggedImage(registry.image), [{ username: 'me', password: 'hunter2' }], never),
    );
    expect(error).toMatchObject({
      failure: 'denied',
      message: `HEAD http://${registry.host}/v2/team/app/manifests/v1: unexpected status code 401 Unauthorized (HEAD responses have no body, use GET for details)`,
    });
  });

  test('an image that is not there is refused with what it said', async () => {
    const registry = await server();
    const error = await failure(client([registry]).digest(taggedImage(`${registry.host}/team/app:v9`), [], never));
    expect(error).toMatchObject({ failure: 'refused' });
    expect(error.message).toContain('404 Not Found');
  });

  test('a registry whose HEAD says no digest is asked for the manifest, which is counted', async () => {
    for (const status of [200, 405]) {
      const registry = await server({
        instead: ({ method }, response) => method === 'HEAD' && !!response.writeHead(status).end(),
      });
      expect(await client([registry]).digest(taggedImage(registry.image), [], never)).toBe(registry.digest);
    }
  });

  test('busy is told apart, with when to come again', async () => {
    const registry = await server({ instead: (_, response) => !!response.writeHead(429, { 'retry-after': '2' }).end() });
    const error = await failure(client([registry]).digest(taggedImage(registry.image), [], never));
    expect(error).toMatchObject({ failure: 'busy', retryAfterMs: 2000 });
  });
});

describe('a registry that means no good', () => {
  const wrong = `sha256:${createHash('sha256').update('other').digest('hex')}`;

  test.each([
    ['no digest', 'HEAD', 'sha256:xyz'],
    ['a digest with something behind it', 'HEAD', `${wrong} x`],
    ['a digest that is not that of the content', 'GET', wrong],
  ])('that says %s is refused', async (_, method, digest) => {
    const registry = await server({
      instead: (request, response, { manifest }) => {
        if (request.method !== method) return !!response.writeHead(405).end();
        return !!response.writeHead(200, { 'docker-content-digest': digest }).end(method === 'HEAD' ? undefined : manifest);
      },
    });
    const error = await failure(client([registry]).digest(taggedImage(registry.image), [], never));
    expect(error.failure).toBe('refused');
  });

  test('whose manifest never ends is read to the limit', async () => {
    const registry = await server({
      instead: ({ method }, response) => {
        if (method === 'HEAD') return !!response.writeHead(405).end();
        const chunk = Buffer.alloc(1 << 20);
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', more);
        more();
        return true;
      },
    });
    const error = await failure(client([registry]).digest(taggedImage(registry.image), [], never));
    expect(error.message).toContain('answered with more than 4194304 bytes');
  });

  test('that redirects for ever is left', async () => {
    const registry = await server({ instead: ({ url }, response) => !!response.writeHead(307, { location: `${url}x` }).end() });
    const error = await failure(client([registry]).digest(taggedImage(registry.image), [], never));
    expect(error.message).toContain('more than 5 redirects');
    expect(registry.asked).toHaveLength(6);
  });

  test('that redirects elsewhere takes nobody its credentials or tokens along', async () => {
    const thief = await server({ users: { me: 'secret' } });
    const registry = await server({
      users: { me: 'secret' },
      instead: ({ url, headers }, response) => {
        if (url?.startsWith('/token') || headers.authorization !== 'Bearer good') return false;
        return !!response.writeHead(307, { location: `http://${thief.host}${url}` }).end();
      },
    });
    const error = await failure(client([registry, thief]).digest(taggedImage(registry.image), [ME], never));
    expect(error.failure).toBe('denied');
    expect(registry.asked).toContain('HEAD /v2/team/app/manifests/v1 Bearer good');
    expect(thief.asked.length).toBeGreaterThan(0);
    expect(thief.asked.join()).not.toMatch(/Basic|Bearer good/);
  });

  test('that redirects before it asks who it is gets the credentials of neither', async () => {
    const thief = await server({ users: { me: 'secret' } });
    const registry = await server({
      instead: ({ url }, response) => !!response.writeHead(307, { location: `http://${thief.host}${url}` }).end(),
    });
    const error = await failure(client([registry, thief]).digest(taggedImage(registry.image), [ME], never));
    expect(error.failure).toBe('denied');
    expect(thief.asked.join()).not.toContain('Basic');
  });

  test.each(['http://169.254.169.254/latest/meta-data', 'ftp://x/y', 'file:///etc/passwd'])(
    'that sends whoever asks to %s is refused',
    async (location) => {
      const registry = await server({ instead: (_, response) => !!response.writeHead(302, { location }).end() });
      const error = await failure(client([registry]).digest(taggedImage(registry.image), [], never));
      expect(error.message).toMatch(/its link or its cloud|no place to go/);
    },
  );

  test.each(['http://169.254.169.254/token', 'ftp://x', 'x', ''])(
    'whose tokens are to come from %j gets nobody there',
    async (realm) => {
      const registry = await server({
        instead: (_, response) => !!response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end(),
      });
      const error = await failure(client([registry]).digest(taggedImage(registry.image), [ME], never));
      expect(error.message).toMatch(/its link or its cloud|no usable realm/);
    },
  );

  test('whose token would be another header is refused', async () => {
    const registry = await server({
      users: {},
      instead: ({ url }, response) => !!url?.startsWith('/token') && !!response.end('{"token":"a\\r\\nx-evil: 1"}'),
    });
    const error = await failure(client([registry]).digest(taggedImage(registry.image), [ME], never));
    expect(error.message).toContain('no token in bearer response');
  });

  test('that never answers is left when the time is over', async () => {
    const registry = await server({ instead: () => true });
    const aborting = new AbortController();
    const asking = failure(client([registry]).digest(taggedImage(registry.image), [], aborting.signal));
    while (registry.asked.length === 0) await clock.sleep(1);
    aborting.abort(new Error('too late'));
    expect((await asking).message).toBe('too late');
  });
});

describe('a registry that takes connections and never says a word', () => {
  /** What there is at an address: whoever connects hears nothing. */
  async function silent() {
    const sockets: Socket[] = [];
    let came = () => {};
    const listener = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      socket.on('data', () => {});
      came();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    stops.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    });
    const connections = async (count: number) => {
      while (sockets.length < count) {
        await new Promise<void>((resolve) => {
          came = resolve;
        });
      }
      return sockets.at(-1)!;
    };
    return { host: `127.0.0.1:${(listener.address() as AddressInfo).port}`, connections };
  }

  test('is not waited for by TLS longer than four seconds, and then asked in clear where that may be', async () => {
    const there = await silent();
    const virtual = new VirtualClock(new CountingExecutor(() => {}));
    const registries = client([], { clock: virtual, rules: { allowed: [there.host] } });
    const aborting = new AbortController();
    let ended = false;
    const asking = failure(registries.digest(taggedImage(`${there.host}/team/app:v1`), [], aborting.signal)).finally(() => {
      ended = true;
    });
    const first = await there.connections(1);
    await virtual.advance(CONNECT_TIMEOUT_MS - 1);
    expect([ended, first.destroyed]).toEqual([false, false]);
    const left = new Promise((resolve) => first.once('close', resolve));
    await virtual.advance(1);
    // It hangs up, and tries once more without TLS.
    await left;
    await there.connections(2);
    expect(ended).toBe(false);
    aborting.abort(new Error('the time for the digest is over'));
    expect((await asking).message).toBe('the time for the digest is over');
  });

  test('is one that cannot be reached where it must not be asked in clear', async () => {
    const there = await silent();
    const virtual = new VirtualClock(new CountingExecutor(() => {}));
    const lookup = ((_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])) as LookupFunction;
    const port = there.host.split(':')[1];
    const registries = client([], { clock: virtual, lookup, rules: { allowed: [there.host] } });
    const asking = failure(registries.digest(taggedImage(`registry.example.com:${port}/team/app:v1`), [ME], never));
    await there.connections(1);
    await virtual.advance(CONNECT_TIMEOUT_MS);
    expect(await asking).toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining(`no connection to registry.example.com:${port} in 4 s`),
    });
  });

  test('is given up, with and without TLS, before the time for a digest is over', () => {
    expect(2 * CONNECT_TIMEOUT_MS).toBeLessThan(defaultDeploymentConfig.digestResolutionTimeout);
  });
});

describe('addresses', () => {
  test('loopback and the metadata service are not dialled, by number or by name', async () => {
    const lookup = ((_name, _options, callback) => callback(null, [{ address: '169.254.169.254', family: 4 }])) as LookupFunction;
    const registry = await server();
    for (const image of [registry.image, '169.254.169.254/a/b', 'localhost/a/b']) {
      const error = await failure(client([]).digest(taggedImage(image), [], never));
      expect(error).toMatchObject({ failure: 'unreachable' });
      expect(error.message).toContain('where registries are not asked');
    }
    const named = await failure(client([], { lookup }).digest(taggedImage('ghcr.io/a/b'), [], never));
    expect(named.message).toContain('169.254.169.254:443 is an address of this machine, its link or its cloud');
    expect(registry.asked).toEqual([]);
  });

  test('a public registry is never asked without TLS', async () => {
    const registry = await server();
    const lookup = ((_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])) as LookupFunction;
    const image = `registry.example.com:${registry.port}/team/app:v1`;
    const error = await failure(client([registry], { lookup }).digest(taggedImage(image), [ME], never));
    expect(error.failure).toBe('unreachable');
    expect(registry.asked).toEqual([]);
  });
});
