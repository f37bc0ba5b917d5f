import { Session } from './support/session';
import { rows } from './support/text';
import { describeWith } from './support/tool';

describeWith(['kubectl'], 'kubectl create', () => {
  let session: Session;
  const kubectl = (...args: string[]) => session.kubectl(...args);

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('makes ConfigMaps of literals, files and folders', async () => {
    session.file('note.txt', 'from a file\n');
    expect(await kubectl('create', 'configmap', 'made', '--from-literal=a=1', '--from-file=note.txt')).toBe(
      'configmap/made created\n',
    );
    expect(await session.json('get', 'cm', 'made')).toMatchObject({ data: { a: '1', 'note.txt': 'from a file\n' } });
  });

  test('makes Secrets, whose values are base64', async () => {
    expect(await kubectl('create', 'secret', 'generic', 'made', '--from-literal=password=s3cret')).toBe('secret/made created\n');
    expect(await session.json('get', 'secret', 'made')).toMatchObject({ type: 'Opaque', data: { password: 'czNjcmV0' } });
    expect(rows(await kubectl('get', 'secrets'))).toEqual([{ NAME: 'made', TYPE: 'Opaque', DATA: '1', AGE: expect.any(String) }]);
    const described = await kubectl('describe', 'secret', 'made');
    expect(described).toContain('password:  6 bytes\n');
    expect(described).not.toContain('s3cret');
  });

  test('makes namespaces, and their end is the end of what is in them', async () => {
    expect(await kubectl('create', 'namespace', 'team')).toBe('namespace/team created\n');
    await kubectl('create', 'configmap', 'inside', '-n', 'team');
    expect(await kubectl('delete', 'namespace', 'team', '--timeout=30s')).toBe('namespace "team" deleted\n');
    expect(await session.refusal('get', 'ns', 'team')).toContain('namespaces "team" not found');
    expect(await kubectl('get', 'cm', '-A', '-o', 'name')).not.toContain('inside');
  });

  test('makes ServiceAccounts', async () => {
    expect(await kubectl('create', 'serviceaccount', 'robot')).toBe('serviceaccount/robot created\n');
    expect(rows(await kubectl('get', 'sa', 'robot'))).toEqual([{ NAME: 'robot', SECRETS: '0', AGE: expect.any(String) }]);
  });

  test('makes deployments, which are exposed as services', async () => {
    const image = '--image=gcr.io/knative-samples/helloworld-go';
    expect(await kubectl('create', 'deployment', 'web', image, '--port=8080')).toBe('deployment.apps/web created\n');
    expect(await kubectl('rollout', 'status', 'deploy/web', '--timeout=30s')).toContain('successfully rolled out');
    expect(await kubectl('expose', 'deployment', 'web', '--port=80', '--target-port=8080')).toBe('service/web exposed\n');
    await kubectl('wait', '--for=jsonpath={.subsets[0].addresses[0].ip}=127.0.0.1', 'endpoints/web', '--timeout=30s');
    expect(await kubectl('describe', 'svc', 'web')).toMatch(/Endpoints:\s+127\.0\.0\.1:\d+\n/);
  });

  test('run starts a single pod', async () => {
    expect(await kubectl('run', 'one', '--image=gcr.io/knative-samples/helloworld-go', '--labels=run=one')).toBe(
      'pod/one created\n',
    );
    expect(await kubectl('wait', '--for=condition=Ready', 'pod/one', '--timeout=30s')).toBe('pod/one condition met\n');
    expect(await kubectl('delete', 'pod', 'one', '--timeout=30s')).toBe('pod "one" deleted\n');
  });
});
