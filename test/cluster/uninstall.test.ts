import { readFileSync } from 'node:fs';
import path from 'node:path';
import { validate } from '../../lib/api';
import { fromOutside, install } from './platform';
import { describeCluster } from './support';
import { knc, kubectl, sh, until } from './tools';

const service = (annotations: object, more: object = {}, name = 'refused') => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { template: { metadata: { annotations }, spec: { containers: [{ image: 'registry.local/hello:1' }], ...more } } },
});
const scaled = (key: string, value: string) => service({ [`autoscaling.knative.dev/${key}`]: value });

/** What the API server says of an object that it is not to store; empty if it would take it. */
const refusal = (object: object): Promise<string> =>
  kubectl('apply --dry-run=server -f -', { input: JSON.stringify(object) }).then(
    () => '',
    (error: unknown) => String(error),
  );

/** Follows the lines of the documents for a platform that was made with these options. */
async function uninstall(...options: readonly string[]): Promise<void> {
  const docs = readFileSync(path.resolve(__dirname, '../../docs/install.md'), 'utf8');
  const lines = docs.split('## Uninstall')[1]!.match(/```sh\n([\s\S]*?)```/)![1]!;
  const file = path.join(path.dirname(process.env['KUBECONFIG']!), 'platform-uninstall.yaml');
  await knc(['platform', ...options, '-o', file].join(' '));
  await sh(lines.replace('platform.yaml', file));
}

describeCluster('an installation', () => {
  beforeAll(() => install(), 240_000);
  // The volume of this cluster, which whoever installs next makes anew: it was bound to a claim that has gone.
  afterAll(() => kubectl('delete pv knc-events --ignore-not-found'));

  test.each<[string, object]>([
    ['a scale that is no number', scaled('min-scale', 'x')],
    ['more than all', service({ 'autoscaling.knative.dev/min-scale': '5', 'autoscaling.knative.dev/maxScale': '2' })],
    ['a window that is too short', scaled('window', '5s')],
    ['a window that is no duration', scaled('window', 'soon')],
    ['half seconds', scaled('window', '6500ms')],
    ['a target of nothing', scaled('target', '0.001')],
    ['no pod to begin with', scaled('initial-scale', '0')],
    ['a class that there is not', scaled('class', 'foo.knative.dev')],
    ['a utilization beyond all', scaled('target-utilization-percentage', '101')],
    ['an activation scale of one', scaled('activation-scale', '1')],
    ['routing that there is not', service({ 'networking.knative.dev/visibility': 'cluster-local' })],
    ['a deadline before now', service({ 'serving.knative.dev/progress-deadline': '-5s' })],
    ['the network of the node', service({}, { hostNetwork: true })],
    ['a node of its choice', service({}, { nodeSelector: { a: 'b' } })],
    ['a timeout beyond the longest', service({}, { timeoutSeconds: 601 })],
    ['a name that is no part of a host', service({}, {}, '1refused')],
  ])('refuses %s by the API server, in the words of knc validate', async (_, object) => {
    const [error] = validate(object).filter(({ level }) => level !== 'warning');
    const told = await refusal(object);
    expect(told).toContain('denied request');
    expect(told).toContain(error?.message);
    if (error?.paths.length === 1) expect(told).toContain(error.paths[0]);
  });

  test('refuses a SinkBinding whose subject is in another namespace', async () => {
    const binding = (namespace: string) => ({
      apiVersion: 'sources.knative.dev/v1',
      kind: 'SinkBinding',
      metadata: { name: 'reaches', namespace: 'default' },
      spec: {
        subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', namespace },
        sink: { uri: 'http://sink.example.com' },
      },
    });
    expect(await refusal(binding('kube-system'))).toContain('invalid value: kube-system: spec.subject.namespace');
    expect(await refusal(binding('default'))).toBe('');
  });

  test('refuses settings that cannot be read, and takes those that can', async () => {
    const map = (data: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config-autoscaler', namespace: 'knative-serving' },
      data,
    });
    expect(await refusal(map({ 'stable-window': '2s' }))).toContain('stable-window = 2s, must be in [6s; 1h0m0s] range');
    expect(await refusal(map({ 'min-scale': 'few' }))).toContain(
      'failed to parse \\"min-scale\\": strconv.ParseInt: parsing \\"few\\": invalid syntax'.replaceAll('\\', ''),
    );
    expect(await refusal(map({ 'stable-window': '90s' }))).toBe('');
  });

  test('takes what is right', async () => {
    const fine = {
      'autoscaling.knative.dev/min-scale': '1',
      'autoscaling.knative.dev/window': '60s',
      'autoscaling.knative.dev/target': '10.5',
    };
    expect(await refusal(service(fine))).toBe('');
  });

  test('has no webhook', async () => {
    expect(await kubectl('get validatingwebhookconfigurations,mutatingwebhookconfigurations -o name')).toBe('');
  });

  test('goes by the lines of docs/install.md, and leaves nothing', async () => {
    await kubectl('apply -f -', { input: JSON.stringify(service({}, {}, 'left')) });
    await kubectl('wait ksvc/left --for=condition=Ready --timeout=60s');
    await install('small', '--webhook');
    await uninstall('--webhook');
    const kinds =
      'deployments,statefulsets,services,pods,crd,namespace,clusterrole,clusterrolebinding,validatingadmissionpolicy,validatingadmissionpolicybinding,mutatingwebhookconfiguration,pvc';
    expect(await kubectl(`get ${kinds} -A -l app.kubernetes.io/part-of=knative-constructs -o name`)).toBe('');
    expect(await kubectl('get validatingwebhookconfigurations,mutatingwebhookconfigurations -o name')).toBe('');
    expect(await kubectl('get crd -o name')).not.toContain('knative.dev');
    expect(await kubectl('get deployments,services,endpoints,pods -n default -o name')).not.toContain('left');
  }, 300_000);

  test('without eventing serves, looks at no kind of Eventing, and has none', async () => {
    await kubectl('delete pv knc-events --ignore-not-found');
    await install('small', '--parts', 'serving');
    await kubectl('apply -f -', { input: JSON.stringify(service({}, {}, 'alone')) });
    await kubectl('wait ksvc/alone --for=condition=Ready --timeout=60s');
    expect(await fromOutside('alone')).toMatchObject({ status: 200 });
    const log = await kubectl('logs -n knative-serving statefulset/knc-runtime');
    expect(log.split('\n').filter((line) => /"level":"(warn|error)"/.test(line) && !line.includes('cannot start yet'))).toEqual(
      [],
    );
    expect(await kubectl('get crd -o name')).not.toMatch(/(eventing|messaging|flows|sources|sinks)\.knative\.dev/);
    expect(await kubectl('get pvc -A -o name')).toBe('');
    expect(await kubectl('get namespaces -o name')).not.toContain('knative-eventing');
  }, 240_000);

  test('takes eventing in when the whole platform is applied, and keeps serving', async () => {
    await install();
    const broker = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'later', namespace: 'default' } };
    await kubectl('apply -f -', { input: JSON.stringify(broker) });
    await kubectl('wait broker/later --for=condition=Ready --timeout=60s');
    await until('answer of the service', async () => (await fromOutside('alone')).status === 200);
    await kubectl('delete broker/later ksvc/alone');
    await uninstall();
  }, 300_000);
});
