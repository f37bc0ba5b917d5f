import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { until } from '../acceptance/support/real-system';
import { Session } from './support/session';
import { cells, rows, stable } from './support/text';
import { describeWith } from './support/tool';

const IMAGE = 'gcr.io/knative-samples/helloworld-go';
const URL = 'http://shop.default.127.0.0.1.sslip.io';
const HOST = 'shop.default.127.0.0.1.sslip.io';

/** Ages and times that passed are left out, and so are spaces at the end of lines. */
const plain = (text: string): string =>
  stable(text)
    .replace(/\b(\d+m)?\d+s\b/g, 'AGE')
    .replace(/ +AGE +/g, ' AGE ')
    .replace(/[ \t]+$/gm, '');

/** What kn says after its progress. */
const conclusion = (text: string): string => text.replace(/^\s+\d+\.\d{3}s .*\n/gm, '');

describeWith(['kn', 'kubectl'], 'kn', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn(...args);

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('service create waits until the service is ready and says where it is', async () => {
    const args = ['--image', IMAGE, '--env', 'TARGET=one', '--revision-name', 'shop-one', '--scale-min', '1'];
    const text = await kn('service', 'create', 'shop', ...args);
    expect(text).toMatch(/\n\s+\d+\.\d{3}s Ready to serve\.\n/);
    expect(conclusion(text)).toBe(
      `Creating service 'shop' in namespace 'default':\n\nService 'shop' created to latest revision 'shop-one' is available at URL:\n${URL}\n`,
    );
    expect((await session.get(HOST)).text).toBe('Hello one!\n');
  });

  test('service create refuses a name that is taken, and replaces it by force', async () => {
    expect(await session.knRefusal('service', 'create', 'shop', '--image', IMAGE)).toContain(
      "cannot create service 'shop' in namespace 'default' because the service already exists and no --force option was given",
    );
    const forced = ['--force', '--env', 'TARGET=forced', '--revision-name', 'shop-forced'];
    expect(conclusion(await kn('service', 'create', 'shop', '--image', IMAGE, ...forced))).toContain(
      "Service 'shop' replaced to latest revision 'shop-forced' is available at URL:",
    );
  });

  test('service update makes a new revision', async () => {
    const text = await kn('service', 'update', 'shop', '--env', 'TARGET=two', '--revision-name', 'shop-two');
    expect(conclusion(text)).toBe(
      `Updating Service 'shop' in namespace 'default':\n\nService 'shop' updated to latest revision 'shop-two' is available at URL:\n${URL}\n`,
    );
    expect((await session.get(HOST)).text).toBe('Hello two!\n');
  });

  test('service update splits traffic and tags revisions', async () => {
    const split = ['--traffic', 'shop-one=50,shop-two=50', '--tag', 'shop-one=old'];
    expect(conclusion(await kn('service', 'update', 'shop', ...split))).toContain(
      "Service 'shop' with latest revision 'shop-two' (unchanged) is available at URL:",
    );
    expect(rows(await kn('revision', 'list')).map(({ AGE, ...row }) => row)).toEqual([
      {
        ...{ NAME: 'shop-two', SERVICE: 'shop', TRAFFIC: '50%', TAGS: '', GENERATION: '3' },
        ...{ CONDITIONS: expect.stringMatching(/^[34] OK \/ 4$/), READY: 'True', REASON: '' },
      },
      expect.objectContaining({ NAME: 'shop-forced', SERVICE: 'shop', TRAFFIC: '', TAGS: '', GENERATION: '2', READY: 'True' }),
      expect.objectContaining({ NAME: 'shop-one', SERVICE: 'shop', TRAFFIC: '50%', TAGS: 'old', GENERATION: '1', READY: 'True' }),
    ]);
    expect((await session.get(`old-${HOST}`)).text).toBe('Hello one!\n');
    const answers = new Set<string>();
    await until('both answers', async () => answers.add((await session.get(HOST)).text).size === 2);
    expect([...answers].sort()).toEqual(['Hello one!\n', 'Hello two!\n']);
  });

  test('service update refuses a split that is none', async () => {
    expect(await session.knRefusal('service', 'update', 'shop', '--traffic', 'shop-one=60,shop-two=50')).toContain(
      'given traffic percents sum to 110, want <=100',
    );
  });

  test('service list', async () => {
    expect(rows(await kn('service', 'list'))).toEqual([
      {
        ...{ NAME: 'shop', URL, LATEST: 'shop-two', AGE: expect.stringMatching(/^\d+s$/) },
        ...{ CONDITIONS: '3 OK / 3', READY: 'True', REASON: '' },
      },
    ]);
    expect(cells(await kn('service', 'list', '-A'))[0]![0]).toBe('NAMESPACE');
    expect(await kn('service', 'list', '-o', 'name')).toBe('service.serving.knative.dev/shop\n');
    expect(JSON.parse(await kn('service', 'list', '-o', 'json'))).toMatchObject({
      ...{ apiVersion: 'serving.knative.dev/v1', kind: 'ServiceList' },
      items: [{ kind: 'Service', metadata: { name: 'shop' } }],
    });
    expect(await kn('service', 'list', '-n', 'kube-system')).toBe('No services found.\n');
  });

  test('service describe', async () => {
    expect(plain(await kn('service', 'describe', 'shop'))).toBe(
      `Name:       shop
Namespace:  default
Age:        AGE
URL:        ${URL}

Revisions:
   50%  shop-two (current @latest) [3] (AGE)
        Image:     ${IMAGE} (pinned to ${IMAGE})
        Replicas:  1/1
   50%  shop-one #old [1] (AGE)
        Image:     ${IMAGE} (pinned to ${IMAGE})
        Replicas:  1/1

Conditions:
  OK TYPE AGE REASON
  ++ Ready AGE
  ++ ConfigurationsReady AGE
  ++ RoutesReady AGE
`,
    );
    expect(plain(await kn('service', 'describe', 'shop', '-v'))).toMatch(
      /^Cluster: +http:\/\/shop\.default\.svc\.cluster\.local$/m,
    );
    expect(await kn('service', 'describe', 'shop', '-o', 'url')).toBe(`${URL}\n`);
    expect(await kn('service', 'describe', 'shop', '-o', 'jsonpath={.status.latestReadyRevisionName}')).toBe('shop-two');
    expect(parse(await kn('service', 'describe', 'shop', '-o', 'yaml'))).toMatchObject({ kind: 'Service', status: { url: URL } });
    expect(await session.knRefusal('service', 'describe', 'nope')).toContain('services.serving.knative.dev "nope" not found');
  });

  test('route list and describe', async () => {
    expect(cells(await kn('route', 'list'))).toEqual([
      ['NAME', 'URL', 'READY'],
      ['shop', URL, 'True'],
    ]);
    expect(plain(await kn('route', 'describe', 'shop'))).toBe(`Name:       shop
Namespace:  default
Age:        AGE
URL:        ${URL}
Service:    shop

Traffic Targets:
   50%  shop-one #old
        URL:  http://old-${HOST}
   50%  shop-two

Conditions:
  OK TYPE AGE REASON
  ++ Ready AGE
  ++ AllTrafficAssigned AGE
  ++ CertificateProvisioned AGE TLSNotEnabled
  ++ IngressReady AGE
`);
    expect(await kn('route', 'describe', 'shop', '-o', 'jsonpath={.status.url}')).toBe(URL);
    expect(await kn('route', 'list', '-o', 'name')).toBe('route.serving.knative.dev/shop\n');
  });

  test('revision list and describe', async () => {
    expect(rows(await kn('revision', 'list', '-s', 'shop')).map(({ NAME }) => NAME)).toEqual([
      'shop-two',
      'shop-forced',
      'shop-one',
    ]);
    expect(await session.knRefusal('revision', 'list', '-s', 'other')).toContain(
      'services.serving.knative.dev "other" not found',
    );
    expect(plain(await kn('revision', 'describe', 'shop-two'))).toMatch(
      new RegExp(
        `^Name: +shop-two\\nNamespace: +default\\n(Annotations: .*\\n)?Age: +AGE\\nImage: +${IMAGE} \\(pinned to ${IMAGE}\\)\\n` +
          'Replicas: +1/1\\n(Port: +8080\\n)?Env: +TARGET=two\\n(Scale: .*\\n)?Service: +shop\\n\\nConditions:\\n',
      ),
    );
    expect(await kn('revision', 'list', '-o', 'jsonpath={.items[*].metadata.name}')).toBe('shop-two shop-forced shop-one');
  });

  test('service untag and back to the latest revision', async () => {
    await kn('service', 'update', 'shop', '--untag', 'old', '--traffic', '@latest=100');
    expect(rows(await kn('revision', 'list')).map(({ NAME, TRAFFIC, TAGS }) => [NAME, TRAFFIC, TAGS])).toEqual([
      ['shop-two', '100%', ''],
      ['shop-forced', '', ''],
      ['shop-one', '', ''],
    ]);
  });

  test('service wait', async () => {
    expect(conclusion(await kn('service', 'wait', 'shop'))).toBe(
      "Waiting for Service 'shop' in namespace 'default':\n\nService 'shop' in namespace 'default' is ready.\n",
    );
  });

  test('a service that cannot become ready is shown with the reason', async () => {
    await kn('service', 'create', 'broken', '--image', 'example.com/nowhere', '--no-wait');
    await session.kubectl('wait', '--for=condition=Ready=false', 'ksvc/broken', '--timeout=30s');
    const [broken] = rows(await kn('service', 'list'));
    expect(broken).toMatchObject({
      NAME: 'broken',
      READY: 'False',
      REASON: expect.stringMatching(/^Revision(Failed|Missing) : /),
    });
    const described = await kn('service', 'describe', 'broken');
    expect(described).toMatch(/ !! ConfigurationsReady +\S+ RevisionFailed\n/);
    expect(described).toContain('example.com/nowhere');
    await kn('service', 'delete', 'broken', '--wait');
  });

  test('what the API refuses is told in its words', async () => {
    expect(await session.knRefusal('service', 'create', 'wrong', '--image', IMAGE, '--scale', '3..2')).toContain('3');
    expect(await session.knRefusal('service', 'create', 'wrong', '--image', IMAGE, '--concurrency-limit', '2000')).toContain(
      'expected 0 <= 2000 <= 1000: spec.template.spec.containerConcurrency',
    );
  });

  test('export and import carry a service with its revisions', async () => {
    expect(parse(await kn('service', 'export', 'shop', '--mode=replay', '-o', 'yaml'))).toMatchObject({
      ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'shop' } },
      spec: { template: { metadata: { name: 'shop-two' } } },
    });
    await kn('service', 'update', 'shop', '--traffic', 'shop-one=30,shop-two=70');
    const replay = await kn('service', 'export', 'shop', '--with-revisions', '--mode=replay', '-o', 'yaml');
    expect(
      (parse(replay) as { items: { spec: { template: { metadata: { name: string } } } }[] }).items.map(
        ({ spec }) => spec.template.metadata.name,
      ),
    ).toEqual(['shop-one', 'shop-two']);
    const exported = await kn('service', 'export', 'shop', '--with-revisions', '--mode=export', '-o', 'yaml');
    session.file('export.yaml', exported);
    await session.kubectl('create', 'namespace', 'other');
    const imported = await kn('service', 'import', 'export.yaml', '-n', 'other');
    expect(imported).toContain(
      "Service 'shop' imported to latest revision 'shop-two' is available at URL:\nhttp://shop.other.127.0.0.1.sslip.io\n",
    );
    const carried = rows(await kn('revision', 'list', '-n', 'other')).map(({ NAME, TRAFFIC }) => `${NAME} ${TRAFFIC}`);
    expect(carried.sort()).toEqual(['shop-one 30%', 'shop-two 70%']);
    await kn('service', 'delete', 'shop', '-n', 'other', '--wait');
  });

  test('apply creates, updates, and leaves alone what is the same', async () => {
    const apply = (...args: string[]) => kn('service', 'apply', 'applied', '--image', IMAGE, ...args);
    expect(conclusion(await apply('--env', 'TARGET=a'))).toContain(
      "Service 'applied' created to latest revision 'applied-00001' is available at URL:",
    );
    expect(await apply('--env', 'TARGET=a')).toBe(
      "No changes to apply to service 'applied'.\nService 'applied' with latest revision 'applied-00001' (unchanged) is available at URL:\nhttp://applied.default.127.0.0.1.sslip.io\n",
    );
    expect(conclusion(await apply('--env', 'TARGET=b'))).toContain(
      "Service 'applied' applied to latest revision 'applied-00002' is available at URL:",
    );
    expect((await session.get('applied.default.127.0.0.1.sslip.io')).text).toBe('Hello b!\n');
  });

  test('revision delete, and prune of those without traffic', async () => {
    expect(await kn('revision', 'delete', 'applied-00001')).toBe("Revision 'applied-00001' deleted in namespace 'default'.\n");
    await kn('service', 'update', 'shop', '--traffic', '@latest=100');
    expect(await kn('revision', 'delete', '--prune', 'shop')).toMatch(
      /Revision 'shop-(one|forced)' deleted in namespace 'default'\.\n/,
    );
    expect(rows(await kn('revision', 'list', '-s', 'shop')).map(({ NAME }) => NAME)).toEqual(['shop-two']);
    await kn('service', 'update', 'applied', '--env', 'TARGET=c');
    await kn('revision', 'delete', '--prune-all');
    expect(rows(await kn('revision', 'list')).map(({ NAME }) => NAME)).toEqual(['applied-00003', 'shop-two']);
    expect(await session.knRefusal('revision', 'delete', 'nope')).toContain('revisions.serving.knative.dev "nope" not found');
  });

  test('with --target writes files and needs no cluster', async () => {
    mkdirSync(path.join(session.work, 'gitops'));
    await kn('service', 'create', 'offline', '--image', IMAGE, '--target', 'gitops');
    const file = path.join(session.work, 'gitops/default/ksvc/offline.yaml');
    expect(existsSync(file)).toBe(true);
    expect(await session.kubectl('apply', '-f', 'gitops/default/ksvc/offline.yaml')).toBe(
      'service.serving.knative.dev/offline created\n',
    );
    expect(await kn('service', 'wait', 'offline')).toContain("Service 'offline' in namespace 'default' is ready.");
  });

  test('service create reads a manifest', async () => {
    session.file('manifest.yaml', await kn('service', 'export', 'offline', '--mode=replay', '-o', 'yaml'));
    await kn('service', 'delete', 'offline', '--wait');
    expect(conclusion(await kn('service', 'create', 'offline', '-f', 'manifest.yaml', '--env', 'TARGET=file'))).toContain(
      "Service 'offline' created to latest revision 'offline-00001' is available at URL:",
    );
  });

  test('service delete', async () => {
    expect(await kn('service', 'delete', 'shop', '--wait')).toBe("Service 'shop' successfully deleted in namespace 'default'.\n");
    expect(await session.knRefusal('service', 'delete', 'shop')).toContain('services.serving.knative.dev "shop" not found');
    expect(await kn('service', 'delete', '--all')).toBe(
      "Service 'applied' successfully deleted in namespace 'default'.\nService 'offline' successfully deleted in namespace 'default'.\n",
    );
    await until('all services to be gone', async () => (await kn('service', 'list')) === 'No services found.\n');
  });

  test('secret create, list and delete', async () => {
    expect(await kn('secret', 'create', 'keys', '--from-literal', 'user=me')).toBe(
      "Secret 'keys' created in namespace 'default'.\n",
    );
    expect(await kn('secret', 'create', 'typed', '--from-literal', 'a=1', '--type', 'example.com/kind')).toContain(
      "Secret 'typed' created",
    );
    expect(cells(await kn('secret', 'list'))).toEqual([
      ['NAME', 'TYPE'],
      ['keys', 'Opaque'],
      ['typed', 'example.com/kind'],
    ]);
    expect(await session.json('get', 'secret', 'keys')).toMatchObject({ data: { user: 'bWU=' } });
    expect(await kn('secret', 'delete', 'keys')).toContain('');
    expect(cells(await kn('secret', 'list'))).toEqual([
      ['NAME', 'TYPE'],
      ['typed', 'example.com/kind'],
    ]);
  });
});
