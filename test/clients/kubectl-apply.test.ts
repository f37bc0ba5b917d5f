import { hello, settings } from './support/objects';
import { Session } from './support/session';
import { describeWith } from './support/tool';

interface Owned {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string; readonly fieldsV1: object }[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

describeWith(['kubectl'], 'kubectl apply', () => {
  let session: Session;
  const apply = (yaml: string, ...args: string[]) => session.kubectlWith(yaml, 'apply', '-f', '-', ...args);
  const get = (name: string) => session.json<Owned>('get', 'cm', name, '--show-managed-fields');

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  describe('on the client side', () => {
    test('creates, leaves alone what is the same, and configures what differs', async () => {
      expect(await apply(hello())).toBe('service.serving.knative.dev/hello created\n');
      expect(await apply(hello())).toBe('service.serving.knative.dev/hello unchanged\n');
      expect(await apply(hello({ target: 'Moon', revision: 'moon' }))).toBe('service.serving.knative.dev/hello configured\n');
      await session.kubectl('wait', '--for=jsonpath={.status.latestReadyRevisionName}=hello-moon', 'ksvc/hello', '--timeout=30s');
      expect((await session.get('hello.default.127.0.0.1.sslip.io')).text).toBe('Hello Moon!\n');
    });

    test('takes away what is no longer said, and leaves what others added', async () => {
      await apply(settings({ a: '1', b: '2' }, 'merged'));
      await session.kubectl('patch', 'cm', 'merged', '--type=merge', '-p', '{"data":{"other":"x"}}');
      expect(await apply(settings({ b: '3' }, 'merged'))).toBe('configmap/merged configured\n');
      expect((await get('merged')).data).toEqual({ b: '3', other: 'x' });
      expect(Object.keys((await get('merged')).metadata.annotations!)).toEqual([
        'kubectl.kubernetes.io/last-applied-configuration',
      ]);
    });

    test('of several objects says what became of each', async () => {
      session.file('two.yaml', `${settings({ a: '1' }, 'one')}---\n${settings({ a: '1' }, 'two')}`);
      expect(await session.kubectl('apply', '-f', 'two.yaml')).toBe('configmap/one created\nconfigmap/two created\n');
      expect(await session.kubectl('apply', 'view-last-applied', 'cm/one')).toContain('data:\n  a: "1"\n');
      expect(await session.kubectl('delete', '-f', 'two.yaml')).toBe('configmap "one" deleted\nconfigmap "two" deleted\n');
    });

    test('prunes what is no longer there', async () => {
      const labeled = (name: string) => settings({ a: '1' }, name).replace('metadata:\n', 'metadata:\n  labels: {set: pruned}\n');
      await apply(`${labeled('keep')}---\n${labeled('drop')}`);
      const prune = ['--prune', '-l', 'set=pruned', '--prune-allowlist=core/v1/ConfigMap'];
      expect(await apply(labeled('keep'), ...prune)).toBe('configmap/keep unchanged\nconfigmap/drop pruned\n');
      expect(await session.kubectl('get', 'cm', '-l', 'set=pruned', '-o', 'name')).toBe('configmap/keep\n');
    });

    test('of what the API refuses says field and reason', async () => {
      const yaml = hello({ name: 'wrong' }).replace(
        'spec:\n  template:',
        'spec:\n  traffic: [{percent: 10, latestRevision: true}]\n  template:',
      );
      const { code, stderr } = await session.try('kubectl', ['apply', '-f', '-'], { input: yaml });
      expect(code).toBe(1);
      expect(stderr).toBe(
        'Error from server (BadRequest): error when creating "STDIN": admission webhook "validation.webhook.serving.knative.dev" denied the request: ' +
          'validation failed: Traffic targets sum to 10, want 100: spec.traffic\n',
      );
    });

    test('of a field that the kind does not have says its name before anything is sent', async () => {
      const yaml = hello({ name: 'wrong' }).replace('image:', 'imagee:');
      const { code, stderr } = await session.try('kubectl', ['apply', '-f', '-'], { input: yaml });
      expect(code).toBe(1);
      expect(stderr).toMatch(/unknown field "spec\.template\.spec\.containers\[0\]\.imagee"/);
    });
  });

  describe('on the server side', () => {
    const server = (yaml: string, ...args: string[]) => apply(yaml, '--server-side', ...args);

    test('creates, changes and leaves alone, and remembers who owns which field', async () => {
      expect(await server(settings({ a: '1' }, 'ssa'))).toBe('configmap/ssa serverside-applied\n');
      expect(await server(settings({ a: '2', b: '1' }, 'ssa'))).toBe('configmap/ssa serverside-applied\n');
      const applied = await get('ssa');
      expect(applied.data).toEqual({ a: '2', b: '1' });
      expect(applied.metadata.managedFields).toEqual([
        expect.objectContaining({
          ...{ manager: 'kubectl', operation: 'Apply' },
          fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } },
        }),
      ]);
      await server(settings({ a: '2' }, 'ssa'));
      expect((await get('ssa')).data).toEqual({ a: '2' });
    });

    test('refuses to take what another owns, says whose it is, and takes it by force', async () => {
      await server(settings({ a: '1' }, 'fought'), '--field-manager=first');
      const args = ['apply', '--server-side', '--field-manager=second', '-f', '-'];
      const { code, stderr } = await session.try('kubectl', args, { input: settings({ a: '2' }, 'fought') });
      expect(code).toBe(1);
      expect(stderr).toContain('error: Apply failed with 1 conflict: conflict with "first": .data.a\n');
      await session.kubectlWith(settings({ a: '2' }, 'fought'), ...args, '--force-conflicts');
      const { data, metadata } = await get('fought');
      expect(data).toEqual({ a: '2' });
      expect(metadata.managedFields!.map(({ manager }) => manager)).toEqual(['second']);
    });

    test('works for kinds of Knative, too', async () => {
      expect(await server(hello({ name: 'sided' }))).toBe('service.serving.knative.dev/sided serverside-applied\n');
      expect(await session.kubectl('wait', '--for=condition=Ready', 'ksvc/sided', '--timeout=30s')).toContain('condition met');
    });

    test('takes over what was applied on the client side', async () => {
      await apply(settings({ a: '1', b: '2' }, 'moved'));
      await server(settings({ a: '1' }, 'moved'));
      const { data, metadata } = await get('moved');
      expect(data).toEqual({ a: '1' });
      // In the order of their times, which have no more than seconds.
      expect(metadata.managedFields!.map(({ manager, operation }) => `${manager} ${operation}`).sort()).toEqual([
        'kubectl Apply',
        'kubectl-last-applied Apply',
      ]);
    });
  });

  describe('without doing it', () => {
    test('--dry-run says what would be done and does nothing', async () => {
      const yaml = settings({ a: '1' }, 'dry');
      expect(await apply(yaml, '--dry-run=client')).toBe('configmap/dry created (dry run)\n');
      expect(await apply(yaml, '--dry-run=server')).toBe('configmap/dry created (server dry run)\n');
      expect(await session.refusal('get', 'cm', 'dry')).toContain('"dry" not found');
      const { code, stderr } = await session.try('kubectl', ['apply', '--dry-run=server', '-f', '-'], {
        input: hello({ name: 'Not_a_name' }),
      });
      expect([code, stderr]).toEqual([1, expect.stringContaining('Not_a_name')]);
    });

    test('diff shows what apply would change, and ends with 1', async () => {
      const file = session.file('shown.yaml', settings({ a: '1' }, 'shown'));
      await session.kubectl('apply', '-f', file);
      expect(await session.kubectl('diff', '-f', file)).toBe('');
      session.file('shown.yaml', settings({ a: '2' }, 'shown'));
      const { code, stdout } = await session.try('kubectl', ['diff', '-f', file]);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^-\s+a: "1"$/m);
      expect(stdout).toMatch(/^\+\s+a: "2"$/m);
      expect((await get('shown')).data).toEqual({ a: '1' });
    });
  });
});
