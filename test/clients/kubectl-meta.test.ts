import { Session } from './support/session';
import { rows } from './support/text';
import { describeWith } from './support/tool';

describeWith(['kubectl'], 'kubectl', () => {
  let session: Session;
  const kubectl = (...args: string[]) => session.kubectl(...args);

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('api-resources lists the kinds with short names and scope', async () => {
    const resources = rows(await kubectl('api-resources'));
    expect(resources).toEqual(
      expect.arrayContaining([
        {
          NAME: 'services',
          SHORTNAMES: 'kservice,ksvc',
          APIVERSION: 'serving.knative.dev/v1',
          NAMESPACED: 'true',
          KIND: 'Service',
        },
        { NAME: 'revisions', SHORTNAMES: 'rev', APIVERSION: 'serving.knative.dev/v1', NAMESPACED: 'true', KIND: 'Revision' },
        { NAME: 'services', SHORTNAMES: 'svc', APIVERSION: 'v1', NAMESPACED: 'true', KIND: 'Service' },
        { NAME: 'deployments', SHORTNAMES: 'deploy', APIVERSION: 'apps/v1', NAMESPACED: 'true', KIND: 'Deployment' },
        { NAME: 'namespaces', SHORTNAMES: 'ns', APIVERSION: 'v1', NAMESPACED: 'false', KIND: 'Namespace' },
      ]),
    );
    const names = (await kubectl('api-resources', '--api-group=serving.knative.dev', '-o', 'name')).trim().split('\n');
    expect(names).toEqual(
      expect.arrayContaining(['configurations', 'revisions', 'routes', 'services'].map((one) => `${one}.serving.knative.dev`)),
    );
    expect(await kubectl('api-resources', '--verbs=list,watch,patch', '--categories=knative', '-o', 'name')).toContain(
      'routes.serving.knative.dev\n',
    );
  });

  test('api-versions lists the versions', async () => {
    const versions = (await kubectl('api-versions')).trim().split('\n');
    expect(versions).toEqual(expect.arrayContaining(['apps/v1', 'discovery.k8s.io/v1', 'serving.knative.dev/v1', 'v1']));
  });

  test('version, cluster-info and config say where it is', async () => {
    expect(await kubectl('version')).toMatch(/\nServer Version: v1\.\d+\.\d+\+knc\n$/);
    expect(await kubectl('cluster-info')).toMatch(/^Kubernetes control plane is running at https:\/\/127\.0\.0\.1:\d+\n/);
    const view = JSON.parse(await kubectl('config', 'view', '-o', 'json')) as Record<string, unknown>;
    expect(view).toMatchObject({
      kind: 'Config',
      users: [{ user: { token: 'REDACTED' } }],
      contexts: [{ context: { namespace: 'default' } }],
    });
    expect(await kubectl('config', 'current-context')).toBe('knc\n');
    expect(await kubectl('get', '--raw', '/readyz')).toBe('ok');
    expect(await kubectl('get', '--raw', '/livez')).toBe('ok');
  });

  test('auth says that its user may do everything, and who it is', async () => {
    expect(await kubectl('auth', 'can-i', 'create', 'ksvc')).toBe('yes\n');
    expect(await kubectl('auth', 'can-i', '*', '*', '--all-namespaces')).toBe('yes\n');
    expect(await kubectl('auth', 'can-i', '--list')).toMatch(/\*\.\*\s+\[\]\s+\[\]\s+\[\*\]/);
    expect(await kubectl('auth', 'whoami')).toMatch(/ATTRIBUTE\s+VALUE\nUsername\s+\S+/);
  });

  test('explain shows the fields of Knative kinds', async () => {
    const service = await kubectl('explain', 'ksvc');
    expect(service).toMatch(/^GROUP:\s+serving\.knative\.dev\nKIND:\s+Service\nVERSION:\s+v1\n/);
    expect(service).toMatch(/\n {2}spec\t<Object>/);
    expect(await kubectl('explain', 'ksvc.spec.traffic.percent')).toMatch(/FIELD: percent <integer>/);
    expect(await kubectl('explain', 'revision', '--recursive')).toMatch(
      /\n {2}spec\t<Object>[\s\S]*\n {4}containerConcurrency\t<integer>/,
    );
    expect(await session.refusal('explain', 'ksvc.spec.nothing')).toContain('field "nothing" does not exist');
  });

  test("explain shows the fields of Kubernetes' own kinds", async () => {
    expect(await kubectl('explain', 'deployment.spec.replicas')).toMatch(
      /KIND:\s+Deployment\nVERSION:\s+v1\n\nFIELD: replicas <integer>/,
    );
    expect(await kubectl('explain', 'pod.spec.containers')).toMatch(/FIELD: containers <\[\]Container>/);
  });

  test('a context without its token is refused', async () => {
    const { code, stderr } = await session.try('kubectl', ['--token=wrong', 'get', 'pods']);
    expect(code).toBe(1);
    expect(stderr).toContain('You must be logged in to the server');
  });
});
