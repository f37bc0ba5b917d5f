import { hello, settings, web } from './support/objects';
import { Session } from './support/session';
import { rows } from './support/text';
import { describeWith } from './support/tool';

describeWith(['kubectl'], 'kubectl', () => {
  let session: Session;
  const kubectl = (...args: string[]) => session.kubectl(...args);
  const create = (yaml: string) => session.kubectlWith(yaml, 'create', '-f', '-');
  const field = (object: string, path: string) => kubectl('get', object, '-o', `jsonpath={${path}}`);

  beforeAll(async () => {
    session = await Session.start();
    await create(hello());
    await create(settings({ a: '1' }));
    await kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s');
  });

  afterAll(() => session?.stop());

  describe('edit', () => {
    const edit = (script: string, object: string) => {
      session.file('editor.sh', `#!/bin/sh\nexec sed -i '${script}' "$1"\n`);
      return session.try('kubectl', ['edit', object], { env: { KUBE_EDITOR: './editor.sh' } });
    };

    test('saves what the editor left', async () => {
      expect(await edit('s/^  a: .*/  a: edited/', 'cm/settings')).toMatchObject({
        code: 0,
        stdout: 'configmap/settings edited\n',
      });
      expect(await field('cm/settings', '.data.a')).toBe('edited');
    });

    test('does nothing if nothing was changed', async () => {
      expect(await edit('s/nothing/else/', 'ksvc/hello')).toMatchObject({
        code: 0,
        stderr: 'Edit cancelled, no changes made.\n',
      });
    });

    test('makes a new revision of a service', async () => {
      const outcome = await edit('s/hello-world/hello-edited/;s/World/Editor/', 'ksvc/hello');
      expect(outcome).toMatchObject({ code: 0, stdout: 'service.serving.knative.dev/hello edited\n' });
      await kubectl('wait', '--for=jsonpath={.status.latestReadyRevisionName}=hello-edited', 'ksvc/hello', '--timeout=30s');
      expect((await session.get('hello.default.127.0.0.1.sslip.io')).text).toBe('Hello Editor!\n');
    });

    test('keeps a copy of what was refused', async () => {
      const { code, stderr } = await edit('s/Editor/Other/', 'ksvc/hello');
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /could not be patched: admission webhook .* denied the request: validation failed: Saw the following changes/,
      );
      expect(stderr).toMatch(/You can run `kubectl replace -f \S+` to try this update again/);
    });
  });

  describe('patch', () => {
    test('merges JSON', async () => {
      expect(await kubectl('patch', 'ksvc', 'hello', '--type=merge', '-p', '{"metadata":{"labels":{"team":"a"}}}')).toBe(
        'service.serving.knative.dev/hello patched\n',
      );
      expect(await field('ksvc/hello', '.metadata.labels.team')).toBe('a');
      expect(await kubectl('patch', 'ksvc', 'hello', '--type=merge', '-p', '{"metadata":{"labels":{"team":"a"}}}')).toBe(
        'service.serving.knative.dev/hello patched (no change)\n',
      );
    });

    test('runs JSON patches, and refuses those whose test fails', async () => {
      const patch = (operations: object[]) => ['patch', 'cm', 'settings', '--type=json', '-p', JSON.stringify(operations)];
      await kubectl(...patch([{ op: 'add', path: '/data/b', value: '2' }]));
      expect(await field('cm/settings', '.data.b')).toBe('2');
      await session.refusal(
        ...patch([
          { op: 'test', path: '/data/b', value: '3' },
          { op: 'remove', path: '/data/b' },
        ]),
      );
      expect(await field('cm/settings', '.data.b')).toBe('2');
    });

    test("merges Kubernetes' own kinds strategically: lists by their keys", async () => {
      await create(web.replaceAll('web', 'patched'));
      const patch = {
        spec: { template: { spec: { containers: [{ name: 'main', env: [{ name: 'TARGET', value: 'Patch' }] }] } } },
      };
      expect(await kubectl('patch', 'deploy', 'patched', '-p', JSON.stringify(patch))).toBe('deployment.apps/patched patched\n');
      expect(await field('deploy/patched', '.spec.template.spec.containers[*].image')).toBe(
        'gcr.io/knative-samples/helloworld-go',
      );
      expect(await field('deploy/patched', '.spec.template.spec.containers[0].env[0].value')).toBe('Patch');
      await kubectl('delete', 'deploy', 'patched');
    });

    test('strategic patches are not for custom kinds', async () => {
      expect(await session.refusal('patch', 'ksvc', 'hello', '-p', '{"metadata":{"labels":{"x":"y"}}}')).toContain(
        'application/strategic-merge-patch+json is not supported by serving.knative.dev/v1, Kind=Service',
      );
    });

    test('patches subresources', async () => {
      await create(web.replaceAll('web', 'scaled'));
      await kubectl('patch', 'deploy', 'scaled', '--subresource=scale', '--type=merge', '-p', '{"spec":{"replicas":0}}');
      expect(await field('deploy/scaled', '.spec.replicas')).toBe('0');
      await kubectl('delete', 'deploy', 'scaled');
    });
  });

  test('label and annotate set, refuse to overwrite, and take away', async () => {
    expect(await kubectl('label', 'cm', 'settings', 'a=b')).toBe('configmap/settings labeled\n');
    expect(await session.refusal('label', 'cm', 'settings', 'a=c')).toContain(
      "'a' already has a value (b), and --overwrite is false",
    );
    expect(await kubectl('label', 'cm', 'settings', 'a=c', '--overwrite')).toBe('configmap/settings labeled\n');
    expect(await kubectl('label', 'cm', 'settings', 'a-')).toBe('configmap/settings unlabeled\n');
    expect(await kubectl('annotate', 'ksvc', 'hello', 'note=x')).toBe('service.serving.knative.dev/hello annotated\n');
    expect(await field('ksvc/hello', '.metadata.annotations.note')).toBe('x');
  });

  test('replace needs the object to be there, and replaces all of it', async () => {
    expect(await session.kubectlWith(settings({ z: '9' }), 'replace', '-f', '-')).toBe('configmap/settings replaced\n');
    expect(await field('cm/settings', '.data')).toBe('{"z":"9"}');
    const { stderr } = await session.try('kubectl', ['replace', '-f', '-'], { input: settings({}, 'absent') });
    expect(stderr).toContain('configmaps "absent" not found');
  });

  test('a write that names an old version conflicts', async () => {
    const old = await kubectl('get', 'cm', 'settings', '-o', 'yaml');
    await kubectl('label', 'cm', 'settings', 'moved=on');
    const { code, stderr } = await session.try('kubectl', ['replace', '-f', '-'], { input: old });
    expect(code).toBe(1);
    expect(stderr).toContain('the object has been modified; please apply your changes to the latest version and try again');
  });

  test('create refuses what is there, and makes names up', async () => {
    const { stderr } = await session.try('kubectl', ['create', '-f', '-'], { input: settings({}) });
    expect(stderr).toContain(
      'Error from server (AlreadyExists): error when creating "STDIN": configmaps "settings" already exists',
    );
    const generated = settings({}).replace('name: settings', 'generateName: some-');
    expect(await session.kubectlWith(generated, 'create', '-f', '-')).toMatch(/^configmap\/some-[a-z0-9]{5} created\n$/);
  });

  describe('scale and rollout', () => {
    beforeAll(() => create(web));

    test('follow a deployment until all its pods are there', async () => {
      expect(await kubectl('rollout', 'status', 'deploy/web', '--timeout=30s')).toContain(
        'deployment "web" successfully rolled out\n',
      );
      expect(await kubectl('scale', 'deploy/web', '--replicas=3')).toBe('deployment.apps/web scaled\n');
      expect(await kubectl('rollout', 'status', 'deploy/web', '--timeout=30s')).toContain('successfully rolled out\n');
      expect(rows(await kubectl('get', 'deploy', 'web'))).toMatchObject([{ READY: '3/3', 'UP-TO-DATE': '3', AVAILABLE: '3' }]);
      expect(rows(await kubectl('get', 'pods', '-l', 'app=web')).map(({ STATUS }) => STATUS)).toEqual([
        'Running',
        'Running',
        'Running',
      ]);
      expect(await session.refusal('scale', 'deploy/web', '--current-replicas=1', '--replicas=2')).toContain(
        'Expected replicas to be 1, was 3',
      );
    });

    test('restart replaces the pods', async () => {
      await kubectl('scale', 'deploy/web', '--replicas=1');
      await kubectl('rollout', 'status', 'deploy/web', '--timeout=30s');
      const before = await kubectl('get', 'pods', '-l', 'app=web', '-o', 'name');
      expect(await kubectl('rollout', 'restart', 'deploy/web')).toBe('deployment.apps/web restarted\n');
      await kubectl('rollout', 'status', 'deploy/web', '--timeout=30s');
      const running = [
        '--field-selector',
        'status.phase=Running',
        '-o',
        'jsonpath={range .items[?(!@.metadata.deletionTimestamp)]}pod/{.metadata.name}{"\\n"}{end}',
      ];
      expect(await kubectl('get', 'pods', '-l', 'app=web', ...running.slice(0, 3), 'name')).not.toBe(before);
      expect(await kubectl('set', 'env', 'deploy/web', 'TARGET=Set')).toBe('deployment.apps/web env updated\n');
      expect(await kubectl('rollout', 'status', 'deploy/web', '--timeout=30s')).toContain('successfully rolled out\n');
    });

    test('undo goes back to the template before', async () => {
      const history = rows(
        await kubectl('rollout', 'history', 'deploy/web').then((text) => text.split('\n').slice(1).join('\n')),
      );
      expect(history.map(({ REVISION }) => REVISION)).toEqual(['1', '2', '3']);
      expect(await kubectl('rollout', 'undo', 'deploy/web')).toBe('deployment.apps/web rolled back\n');
      expect(await field('deploy/web', '.spec.template.spec.containers[0].env')).toBe('');
      expect(await kubectl('rollout', 'status', 'deploy/web', '--timeout=30s')).toContain('successfully rolled out\n');
    });
  });

  describe('delete', () => {
    const names = async (kind: string, app: string) =>
      (await kubectl('get', kind, '-l', `app=${app}`, '-o', 'name')).split('\n').filter(Boolean);
    const deploy = async (app: string) => {
      await create(web.replaceAll('web', app));
      await kubectl('rollout', 'status', `deploy/${app}`, '--timeout=30s');
    };

    test('in the background deletes what the object owns after it', async () => {
      await deploy('gone');
      expect(await kubectl('delete', 'deploy', 'gone')).toBe('deployment.apps "gone" deleted\n');
      await kubectl('wait', '--for=delete', 'rs,pods', '-l', 'app=gone', '--timeout=30s');
      expect([await names('rs', 'gone'), await names('pods', 'gone')]).toEqual([[], []]);
    });

    test('in the foreground deletes what the object owns before it', async () => {
      await deploy('front');
      await kubectl('delete', 'deploy', 'front', '--cascade=foreground');
      expect([await names('rs', 'front'), await names('pods', 'front')]).toEqual([[], []]);
    });

    test('as orphans leaves what the object owned', async () => {
      await deploy('parent');
      await kubectl('delete', 'deploy', 'parent', '--cascade=orphan');
      const [replicaSet, ...others] = await names('rs', 'parent');
      expect(others).toEqual([]);
      expect(await field(replicaSet!, '.metadata.ownerReferences')).toBe('');
      expect(await names('pods', 'parent')).toHaveLength(1);
      await kubectl('delete', replicaSet!);
      await kubectl('wait', '--for=delete', 'pods', '-l', 'app=parent', '--timeout=30s');
    });

    test('of a service takes all that belongs to it', async () => {
      expect(await kubectl('delete', 'ksvc', 'hello')).toBe('service.serving.knative.dev "hello" deleted\n');
      await kubectl('wait', '--for=delete', 'cfg,rt,rev,deploy,pods', '-l', 'serving.knative.dev/service=hello', '--timeout=30s');
      expect(await kubectl('get', 'king,sks,kpa,svc', '-l', 'serving.knative.dev/service=hello', '-o', 'name')).toBe('');
    });

    test('by selector, by force, and of what is not there', async () => {
      await create(settings({}, 'doomed').replace('metadata:\n', 'metadata:\n  labels: {doomed: "yes"}\n'));
      expect(await kubectl('delete', 'cm', '-l', 'doomed=yes')).toBe('configmap "doomed" deleted\n');
      expect(await session.refusal('delete', 'cm', 'doomed')).toBe('Error from server (NotFound): configmaps "doomed" not found');
      const pod = (await names('pods', 'web'))[0]!;
      expect(await kubectl('delete', pod, '--force', '--grace-period=0')).toContain(' force deleted\n');
    });
  });
});
