import { ageless, described, ready } from './support/eventing';
import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

describeWith(['kn', 'kubectl'], 'kn eventtype', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn('eventtype', ...args);

  beforeAll(async () => {
    session = await Session.start();
    await session.kn('broker', 'create', 'shop');
  });

  afterAll(() => session?.stop());

  test('create takes a type, a source, and a broker or a reference', async () => {
    const all = ['--type', 'order.created', '--source', 'http://shop.example.com', '--broker', 'shop'];
    expect(await kn('create', 'created', ...all)).toBe("Eventtype 'created' successfully created in namespace 'default'.\n");
    await kn('create', 'paid', '--type', 'order.paid', '--reference', 'broker:shop');
    await kn('create', 'sent', '--type', 'order.sent');
    for (const name of ['created', 'paid', 'sent']) await ready(session, 'eventtype', name);
  });

  test('list, list -A and describe', async () => {
    const headings = ['NAME', 'TYPE', 'SOURCE', 'REFERENCE', 'AGE', 'READY'];
    const rows = [
      ['created', 'order.created', 'http://shop.example.com', 'shop', 'AGE', 'True'],
      ['paid', 'order.paid', '', 'shop', 'AGE', 'True'],
      ['sent', 'order.sent', '', '', 'AGE', 'True'],
    ];
    expect(ageless(cells(await kn('list')))).toEqual([headings, ...rows]);
    expect(ageless(cells(await kn('list', '-A')))).toEqual([
      ['NAMESPACE', ...headings],
      ...rows.map((row) => ['default', ...row]),
    ]);
    expect(described(await kn('describe', 'created'))).toMatch(
      /^Name: +created\nNamespace: +default\nAnnotations: .+\nAge: +AGE\nSource: +http:\/\/shop\.example\.com\nReference:\n +APIVersion: +eventing\.knative\.dev\/v1\n +Kind: +Broker\n +Name: +shop\n/,
    );
    expect(await kn('describe', 'created', '-o', 'yaml')).toContain(
      '  source: http://shop.example.com\n  type: order.created\nstatus:\n',
    );
  });

  test('kubectl shows them as the newest version, and as the one before', async () => {
    const row = ['created', 'order.created', 'http://shop.example.com'];
    const rest = ['shop', 'Broker', '', 'True', ''];
    expect(cells(await session.kubectl('get', 'eventtypes', 'created'))).toEqual([
      ['NAME', 'TYPE', 'SOURCE', 'REFERENCE NAME', 'REFERENCE KIND', 'DESCRIPTION', 'READY', 'REASON'],
      [...row, ...rest],
    ]);
    expect(cells(await session.kubectl('get', 'eventtypes.v1beta2.eventing.knative.dev', 'created'))).toEqual([
      ['NAME', 'TYPE', 'SOURCE', 'SCHEMA', 'REFERENCE NAME', 'REFERENCE KIND', 'DESCRIPTION', 'READY', 'REASON'],
      [...row, '', ...rest],
    ]);
    expect(await session.json('get', 'eventtype', 'created')).toMatchObject({
      apiVersion: 'eventing.knative.dev/v1beta3',
      spec: {
        attributes: [
          { name: 'type', required: true, value: 'order.created' },
          { name: 'source', required: true, value: 'http://shop.example.com' },
          { name: 'specversion', required: true },
          { name: 'id', required: true },
        ],
        reference: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'shop' },
      },
    });
    expect(await session.kubectl('describe', 'eventtype', 'created')).toMatch(
      /Reference:\n {4}API Version: +eventing\.knative\.dev\/v1\n/,
    );
  });

  test('a watch of the older version tells what changes', async () => {
    const watching = session.kubectl('wait', '--for=delete', 'eventtypes.v1beta2.eventing.knative.dev/sent', '--timeout=30s');
    expect(await kn('delete', 'sent')).toBe("Eventtype 'sent' successfully deleted in namespace 'default'.\n");
    await watching;
  });

  test('refusals read as on a cluster', async () => {
    expect(await session.knRefusal('eventtype', 'create', 'paid', '--type', 'x')).toContain(
      'eventtypes.eventing.knative.dev "paid" already exists',
    );
    expect(await session.knRefusal('eventtype', 'delete', 'sent')).toContain('eventtypes.eventing.knative.dev "sent" not found');
    const yaml =
      'apiVersion: eventing.knative.dev/v1beta2\nkind: EventType\nmetadata: {name: none}\nspec: {source: http://a.example}\n';
    expect(await session.refusal('apply', '-f', session.file('none.yaml', yaml))).toContain('missing field(s): spec.type');
  });
});
