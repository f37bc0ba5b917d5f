import {
  InMemoryChannelType,
  type KubeObject,
  PingSourceType,
  PodType,
  RevisionType,
  type Service,
  ServiceType,
  type Stored,
  TriggerType,
} from '../../../../lib/api';
import { parseQuestion } from '../../../../lib/cli/explain/object-reference';
import { main } from '../../../../lib/cli/main';
import type { ExtraRequest } from '../../../../lib/local';
import { preview } from '../../../../lib/roles/preview';
import { LocalServer, type LocalServerOptions } from '../../kube/http/local-server';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const service = (name: string, more: Partial<Service['spec']> = {}): Service =>
  ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { template: { spec: { containers: [{ image: 'example.com/app:1' }] } }, ...more },
  }) as Service;

const tagged = service('hello', { traffic: [{ latestRevision: true, percent: 100, tag: 'next' }] });

describe('what is asked', () => {
  test.each([
    ['ksvc/hello', ServiceType, 'hello'],
    ['service/hello', ServiceType, 'hello'],
    ['service.serving.knative.dev/hello', ServiceType, 'hello'],
    ['services.v1.serving.knative.dev/hello', ServiceType, 'hello'],
    ['hello', ServiceType, 'hello'],
    ['revision/hello-00001', RevisionType, 'hello-00001'],
    ['Pod/x', PodType, 'x'],
    ['po/x', PodType, 'x'],
    ['trigger/x', TriggerType, 'x'],
    ['imc/x', InMemoryChannelType, 'x'],
    ['pingsource.sources.knative.dev/x', PingSourceType, 'x'],
  ])('%s is a kind and a name', (text, type, name) => expect(parseQuestion(text)).toEqual({ type, name }));

  test.each([
    ['http://hello.default.localhost:8080/path?x', 'hello.default.localhost'],
    ['https://HELLO.example.com', 'hello.example.com'],
    ['hello.default.localhost:8080', 'hello.default.localhost'],
    ['localhost:8080', 'localhost'],
  ])('%s is a host', (text, host) => expect(parseQuestion(text)).toEqual({ host }));

  test.each([
    ['revison/x', 'did you mean revision?'],
    ['configmap/x', 'it explains ksvc, rt, '],
    ['ksvc/', 'write the object as KIND/NAME'],
    ['a/b/c', 'write the object as KIND/NAME'],
    ['http://', 'is no URL'],
  ])('%s is refused: %s', (text, message) => expect(() => parseQuestion(text)).toThrow(message));
});

describe('knc explain', () => {
  let server: LocalServer;
  const open = async (
    objects: readonly KubeObject[],
    change?: (object: Stored<KubeObject>) => Stored<KubeObject>,
    more: LocalServerOptions = {},
  ) => {
    const { after } = await preview(objects, { now: Date.now() });
    server = await LocalServer.start({ live: change ? after.map(change) : after, ...more });
  };
  const run = async (...args: readonly string[]) => {
    const io = new FakeIo({ cwd: server.folder, columns: 120 });
    return { code: await main(['explain', ...args], io), io };
  };
  const story = async (...args: readonly string[]) => {
    const { io } = await run(...args, '--json');
    return JSON.parse(io.stdoutText) as {
      object: object;
      state: string;
      routes: { traffic: object[] }[];
      revisions: { name: string; pods: { name: string }[]; replicas: object }[];
      why?: object[];
      remedy?: string;
      events: { reason: string }[];
    };
  };
  afterEach(() => server?.close());

  test('of a service that is ready shows route, revision, pods and numbers', async () => {
    await open([tagged]);
    const { code, io } = await run('ksvc/hello');
    expect(code).toBe(0);
    expect(io.stderrText).toBe('');
    const text = io.stdoutText.replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '-POD').replace(/[\s\S]Events[\s\S]*/, '');
    expect(text).toMatchInlineSnapshot(`
"Service default/hello  ready

Route hello  http://hello.default.127.0.0.1.sslip.io
  └ 100% hello-00001  tag next  http://next-hello.default.127.0.0.1.sslip.io

Revision hello-00001  ready, 1 pod wanted, 1 ready
  Pod hello-00001-deployment-POD  Running
"
`);
  });

  test('of the URL of a tag shows what that tag leads to', async () => {
    await open([tagged, service('other')]);
    const { object, routes } = await story('http://next-hello.default.localhost:8080/x');
    expect(object).toEqual({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'default', name: 'hello' });
    expect(routes[0]?.traffic).toEqual([
      { revision: 'hello-00001', percent: 100, tag: 'next', url: 'http://next-hello.default.127.0.0.1.sslip.io' },
    ]);
  });

  test('shows URLs with the port at which the gateway of knc dev listens', async () => {
    const extra = ({ segments }: ExtraRequest) =>
      segments.join('/') === 'knc/v1/gateway' ? { url: 'http://127.0.0.1:8081' } : undefined;
    await open([tagged], undefined, { extra });
    const { io } = await run('ksvc/hello');
    expect(io.stdoutText).toContain('Route hello  http://hello.default.localhost:8081\n');
    expect(io.stdoutText).toContain('tag next  http://next-hello.default.localhost:8081\n');
  });

  test.each(['hello.default.127.0.0.1.sslip.io', 'hello.default.localhost', 'hello.default.svc.cluster.local'])(
    'knows who answers at %s',
    async (host) => {
      await open([service('hello')]);
      expect((await story(`http://${host}`)).object).toMatchObject({ kind: 'Service', name: 'hello' });
    },
  );

  test.each([
    'revision/hello-00001',
    'kpa/hello-00001',
    'deployment/hello-00001-deployment',
    'configuration/hello',
    'route/hello',
  ])('of %s shows the same route and revision', async (object) => {
    await open([service('hello')]);
    const { state, routes, revisions } = await story(object);
    expect([state, routes.length, revisions.map(({ name }) => name)]).toEqual(['ready', 1, ['hello-00001']]);
  });

  test('of a pod that fails says why and what to do, from any object above it', async () => {
    const failing = (object: Stored<KubeObject>): Stored<KubeObject> => {
      const conditions = (reason: string) => [{ type: 'Ready', status: 'False', reason, message: 'it fails' }];
      if (object.kind === 'Pod') {
        const waiting = {
          waiting: { reason: 'ErrImagePull', message: 'no local program is known for image "example.com/app:1"' },
        };
        const { containerStatuses = [] } = object.status as { containerStatuses?: object[] };
        const status = {
          phase: 'Pending',
          conditions: [{ type: 'Ready', status: 'False' }],
          containerStatuses: containerStatuses.map((one) => ({ ...one, ready: false, state: waiting })),
        };
        return { ...object, status };
      }
      if (object.kind === 'Deployment') return { ...object, status: { ...(object.status as object), readyReplicas: 0 } };
      if (['Service', 'Revision', 'Configuration'].includes(object.kind) && object.apiVersion !== 'v1') {
        return { ...object, status: { ...(object.status as object), conditions: conditions('ContainerMissing') } };
      }
      return object;
    };
    await open([service('hello')], failing);
    const { state, why, remedy } = await story('ksvc/hello');
    expect(state).toBe('failed');
    expect(why?.at(-1)).toMatchObject({ kind: 'Pod', reason: 'ErrImagePull', code: 'KNC3101' });
    expect(remedy).toMatch(/Say what the image means on this machine/);
    const { io } = await run('revision/hello-00001');
    expect(io.stdoutText).toMatch(/Pod hello-00001-deployment-\S+ +ErrImagePull: no local program/);
    expect(io.stdoutText).toContain('fix: Say what the image means on this machine');
  });

  test('of a running knc dev has the numbers of the autoscaler and its last decisions', async () => {
    const asked: string[] = [];
    const extra = ({ segments }: ExtraRequest) => {
      asked.push(segments.join('/'));
      return {
        desired: 3,
        explanation: ['concurrency: stable 12 over 60s'],
        decisions: [{ at: '2026-01-01T10:00:00Z', from: 1, to: 3, reason: 'burst' }],
      };
    };
    await open([service('hello')], undefined, { extra });
    const { io } = await run('hello');
    expect(asked).toEqual(['knc/v1/scale/default/hello-00001', 'knc/v1/gateway']);
    expect(io.stdoutText).toContain(
      '    concurrency: stable 12 over 60s\n  last decisions\n    2026-01-01 10:00:00Z  1 → 3  burst\n',
    );
  });

  test('of what is not there says what was probably meant, or where it is', async () => {
    await open([service('hello')]);
    const { code, io } = await run('ksvc/helo');
    expect(code).toBe(1);
    expect(io.stderrText).toMatch(/KNC4013 There is no Service default\/helo\n {2}fix: Did you mean hello\?/);
    expect((await run('ksvc/hello', '-n', 'team')).io.stderrText).toContain('There is one in namespace default: add -n default.');
    expect((await run('ksvc/none')).io.stderrText).toContain('There is: hello.');
    expect((await run('pod/none', '-n', 'empty')).io.stderrText).toContain('There is no Pod in namespace empty at all.');
    expect((await run('http://helo.default.localhost')).io.stderrText).toContain('Did you mean hello.default.localhost?');
  });

  test('without a running knc dev ends with 3, and with 2 for what it does not explain', async () => {
    await open([]);
    const io = new FakeIo({ cwd: tempFolder() });
    expect(await main(['explain', 'hello'], io)).toBe(3);
    expect(io.stderrText).toContain('KNC4012');
    expect((await run('configmap/x')).code).toBe(2);
  });
});
