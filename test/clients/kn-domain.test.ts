import { hello } from './support/objects';
import { Session } from './support/session';
import { cells, stable } from './support/text';
import { describeWith } from './support/tool';

describeWith(['kn', 'kubectl'], 'kn domain', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn(...args);

  beforeAll(async () => {
    session = await Session.start();
    for (const yaml of [hello(), hello({ name: 'bye', target: 'Bye' })]) await session.kubectlWith(yaml, 'apply', '-f', '-');
    await session.kubectl('wait', '--for=condition=Ready', 'ksvc', '--all', '--timeout=30s');
  });

  afterAll(() => session?.stop());

  test('create gives a service another name', async () => {
    expect(await kn('domain', 'create', 'shop.example.com', '--ref', 'hello')).toBe(
      "Domain mapping 'shop.example.com' created in namespace 'default'.\n",
    );
    await session.kubectl('wait', '--for=condition=Ready', 'domainmapping/shop.example.com', '--timeout=30s');
    expect((await session.get('shop.example.com')).text).toBe('Hello World!\n');
  });

  test('list and describe', async () => {
    expect(cells(await kn('domain', 'list'))).toEqual([
      ['NAME', 'URL', 'READY', 'KSVC'],
      ['shop.example.com', 'http://shop.example.com', 'True', 'hello'],
    ]);
    expect(
      stable(await kn('domain', 'describe', 'shop.example.com'))
        .replace(/\d+s/g, 'AGE')
        .replace(/ +$/gm, ''),
    ).toBe(`Name:       shop.example.com
Namespace:  default
Age:        AGE

URL:  http://shop.example.com

Reference:
  APIVersion:  serving.knative.dev/v1
  Kind:        Service
  Name:        hello

Conditions:
  OK TYPE                      AGE REASON
  ++ Ready                      AGE
  ++ CertificateProvisioned     AGE TLSNotEnabled
  ++ DomainClaimed              AGE
  ++ IngressReady               AGE
  ++ ReferenceResolved          AGE
`);
    expect(await kn('domain', 'describe', 'shop.example.com', '-o', 'url')).toBe('http://shop.example.com\n');
    expect(cells(await session.kubectl('get', 'domainmappings'))).toEqual([
      ['NAME', 'URL', 'READY', 'REASON'],
      ['shop.example.com', 'http://shop.example.com', 'True', ''],
    ]);
  });

  test('update leads it to another service', async () => {
    expect(await kn('domain', 'update', 'shop.example.com', '--ref', 'ksvc:bye')).toBe(
      "Domain mapping 'shop.example.com' updated in namespace 'default'.\n",
    );
    await session.kubectl(
      'wait',
      '--for=jsonpath={.status.observedGeneration}=2',
      'domainmapping/shop.example.com',
      '--timeout=30s',
    );
    await session.kubectl('wait', '--for=condition=Ready', 'domainmapping/shop.example.com', '--timeout=30s');
    expect((await session.get('shop.example.com')).text).toBe('Hello Bye!\n');
  });

  test('create says why it cannot', async () => {
    expect(await session.knRefusal('domain', 'create', 'shop.example.com', '--ref', 'hello')).toContain(
      'domainmappings.serving.knative.dev "shop.example.com" already exists',
    );
    expect(await session.knRefusal('domain', 'create', 'x.example.com', '--ref', 'nope')).toContain(
      'services.serving.knative.dev "nope" not found',
    );
  });

  test('create with a certificate makes it https', async () => {
    await session.kubectl('create', 'secret', 'generic', 'certificate', '--from-literal=tls.crt=x', '--from-literal=tls.key=y');
    await kn('domain', 'create', 'safe.example.com', '--ref', 'hello', '--tls', 'certificate');
    expect(await session.json('get', 'domainmapping', 'safe.example.com')).toMatchObject({
      spec: { tls: { secretName: 'certificate' } },
    });
    await kn('domain', 'delete', 'safe.example.com');
  });

  test('delete takes the name away', async () => {
    expect(await kn('domain', 'delete', 'shop.example.com')).toBe(
      "Domain mapping 'shop.example.com' deleted in namespace 'default'.\n",
    );
    await session.kubectl('wait', '--for=delete', 'king/shop.example.com', '--timeout=30s');
    expect((await session.get('shop.example.com')).status).toBe(404);
  });
});
