import { until } from '../acceptance/support/real-system';
import { Session } from '../clients/support/session';
import { describeWith } from '../clients/support/tool';
import { type Deviation, deviations } from './support/deviations';
import { facts, type Step } from './support/facts';
import { listedDeviations } from './support/listed-deviations';
import { lines, object, table } from './support/normalize';

const HOST = 'hello.default.127.0.0.1.sslip.io';
/** Longer than a service without requests keeps its pod, in milliseconds. */
const LONG_MS = 120_000;

/** The manifests of the walkthrough. */
const manifest = (revision: string, target: string, traffic = ''): string => `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: hello
spec:
  template:
    metadata:
      name: hello-${revision}
    spec:
      containers:
        - image: gcr.io/knative-samples/helloworld-go
          ports:
            - containerPort: 8080
          env:
            - name: TARGET
              value: "${target}"
${traffic}`;

const split = `  traffic:
  - latestRevision: true
    percent: 50
  - revisionName: hello-world
    percent: 50
`;

describeWith(['kubectl', 'kn'], 'the Serving walkthrough, command by command', () => {
  let session: Session;
  const found: Deviation[] = [];
  const checked = new Set<Step>();

  const check = (step: Step, here: unknown): void => {
    checked.add(step);
    found.push(...deviations(step, facts[step], here));
  };
  const apply = (text: string) => session.kubectl('apply', '-f', session.file('hello.yaml', text));
  const curl = async () => (await session.get(HOST)).text;
  const ready = (revision: string) =>
    session.kubectl('wait', `--for=jsonpath={.status.latestReadyRevisionName}=${revision}`, 'ksvc/hello', '--timeout=30s');
  const atZero = async (...revisions: string[]) => {
    const wait = ['wait', '--for=condition=Active=false', '--timeout=110s', ...revisions.map((one) => `revision/${one}`)];
    expect(await session.try('kubectl', wait, { timeoutMs: LONG_MS })).toMatchObject({ code: 0, stderr: '' });
  };

  /** The lines of a watch of the service's pods, from when `body` begins to when it ends. */
  async function podsDuring(isOver: (text: string) => boolean, body: () => Promise<void>): Promise<string> {
    const ending = new AbortController();
    let text = '';
    const watching = session.try('kubectl', ['get', 'pod', '-l', 'serving.knative.dev/service=hello', '-w', '--no-headers'], {
      signal: ending.signal,
      timeoutMs: LONG_MS,
      onStdout: (more) => {
        text += more;
      },
    });
    await body();
    const end = until('the lines of the watch', () => isOver(text));
    await end.finally(() => ending.abort());
    await watching;
    return text;
  }

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('a service is applied, is listed and answers', async () => {
    expect(await apply(manifest('world', 'World'))).toBe('service.serving.knative.dev/hello created\n');
    await ready('hello-world');
    await session.kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s');
    check('kn service list', table(await session.kn('service', 'list')));
    check('curl, first answer', await curl());
  });

  test('without requests it goes to zero', async () => {
    await atZero('hello-world');
    check('kubectl get revisions', table(await session.kubectl('get', 'revisions.serving.knative.dev')));
    check('kn revision list', table(await session.kn('revision', 'list')));
  });

  test('an Ingress, three Services and Endpoints are behind it', async () => {
    const doors = Object.entries(table(await session.kubectl('get', 'svc', '-A')));
    check('kubectl get svc -A, of the ingress', Object.fromEntries(doors.filter(([, row]) => row['PORT(S)']!.includes('31080'))));
    const get = async (...args: string[]) => object(await session.json<{ metadata: object }>('get', ...args));
    check('kubectl get ingress hello -o yaml', await get('ingresses.networking.internal.knative.dev', 'hello'));
    check('kubectl get svc', table(await session.kubectl('get', 'svc')));
    const endpoints = JSON.stringify(await get('endpoints', 'hello-world'));
    const { port: number } = new URL(session.gateway);
    const port = `"port":${number}`;
    const service = JSON.stringify(await get('svc', 'hello-world')).replace(
      `"targetPort":${number}`,
      '"targetPort":"GATEWAY-PORT"',
    );
    check('kubectl get svc hello-world -o yaml', JSON.parse(service));
    check('kubectl get endpoints hello-world -o yaml', JSON.parse(endpoints.replace(port, '"port":"GATEWAY-PORT"')));
    const { stdout } = await session.try('kubectl', ['get', 'deploy', '-n', 'knative-serving', 'activator']);
    check('kubectl get deploy -n knative-serving activator', stdout === '' ? {} : table(stdout));
  });

  test('a request brings a pod, which goes when no more come', async () => {
    const come = await podsDuring(
      (text) => /(\d)\/\1\s+Running/.test(text),
      async () => {
        await session.kubectl('get', 'pods'); // by when the watch has begun
        check('curl, at zero', await curl());
      },
    );
    check('kubectl get pod -w, while the pod comes', lines(come));
    const go = await podsDuring(
      (text) => /0\/\d\s+\w+/.test(text),
      async () => {
        await atZero('hello-world');
        await session.kubectl('wait', '--for=delete', 'pod', '-l', 'serving.knative.dev/service=hello', '--timeout=60s');
      },
    );
    check('kubectl get pod -w, while the pod goes', lines(go).slice(1));
    check('kubectl get deployments.apps', table(await session.kubectl('get', 'deployments.apps')));
  });

  test('a second revision takes the traffic, then half of it', async () => {
    expect(await apply(manifest('knative', 'Knative'))).toBe('service.serving.knative.dev/hello configured\n');
    await ready('hello-knative');
    await session.kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s');
    check('kn revision list, with a second revision', table(await session.kn('revision', 'list')));
    await apply(manifest('knative', 'Knative', split));
    await session.kubectl('wait', '--for=jsonpath={.status.traffic[1].revisionName}=hello-world', 'ksvc/hello', '--timeout=30s');
    const answers = new Set<string>();
    await until('both answers', async () => answers.add(await curl()).size === 2);
    check('curl, both answers', [...answers].sort());
    await atZero('hello-world', 'hello-knative');
    check('kn revision list, with a split', table(await session.kn('revision', 'list')));
  });

  test('every step was taken, and what differs from the walkthrough is listed', () => {
    expect([...checked].sort()).toEqual(Object.keys(facts).sort());
    const key = ({ step, path }: Deviation) => `${step} ${path}`;
    const sorted = (list: readonly Deviation[]) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(sorted(found)).toEqual(sorted(listedDeviations.flatMap(({ values }) => values)));
  });
});
