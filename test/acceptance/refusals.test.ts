import { ApiObject, App, Chart } from 'cdk8s';
import { KnService, type KnServiceProps, TrafficSplit } from 'knative-constructs';
import { stringify } from 'yaml';
import {
  ConfigMapType,
  conditionOf,
  type KResourceStatus,
  type KubeObject,
  RevisionType,
  type Service,
  ServiceType,
} from '../../lib/api';
import { tempFolder } from '../lib/cli/temp-folder';
import { describeBuilt, get, Knc } from './support/knc';
import { RealSystem, until } from './support/real-system';
import { VirtualSystem } from './support/virtual-system';

/** A service with something wrong, in an app of its own. */
function shop(props: Partial<KnServiceProps> = {}) {
  const app = new App({ outdir: tempFolder() });
  const service = new KnService(new Chart(app, 'app'), 'shop', { name: 'shop', image: 'example.com/shop', ...props });
  return { app, service, object: ApiObject.of(service).toJson() as Service };
}

interface Refused {
  readonly what: string;
  readonly props: Partial<KnServiceProps>;
  /** Upstream's text, and what it says of the fields. */
  readonly text: string;
  readonly field: string;
  readonly details?: string;
  /** Ours. */
  readonly remedy: string;
}

const CONTAINER = 'spec.template.spec.containers[0]';

const refused: readonly Refused[] = [
  {
    what: 'a split that does not sum to 100',
    props: { traffic: TrafficSplit.weighted({ 'shop-one': 60, latest: 50 }) },
    text: 'Traffic targets sum to 110, want 100',
    field: 'spec.traffic',
    remedy: 'Take 10 away from the targets.',
  },
  {
    what: 'no image',
    props: { image: '' },
    text: 'missing field(s)',
    field: `${CONTAINER}.image`,
    remedy: 'Name the image to run, such as "registry.example.com/team/app:1.2".',
  },
  {
    what: 'a reserved container name',
    props: { sidecars: [{ name: 'queue-proxy', image: 'example.com/proxy' }], port: 8080 },
    text: '"queue-proxy" is a reserved container name',
    field: 'spec.template.spec.containers[1].name',
    remedy: 'Give the container another name: Knative may add a container of its own under this one.',
  },
  {
    what: 'a reserved variable',
    props: { env: { PORT: '80' } },
    text: '"PORT" is a reserved environment variable',
    field: `${CONTAINER}.env[0].name`,
    remedy: 'Leave it out: Knative sets PORT to the containerPort of ports[0] (8080 by default).',
  },
  {
    what: 'a reserved port',
    props: { port: 8012 },
    text: 'invalid value: 8012 is a reserved port',
    field: `${CONTAINER}.ports[0].containerPort`,
    details: '8012 is a reserved port, please use a different value',
    remedy: 'Let the program listen on another port, such as 8080; it is told which one in $PORT.',
  },
  {
    what: 'a negative scale',
    props: { scale: { min: -1 } },
    text: 'expected 0 <= -1 <= 2147483647',
    field: 'spec.template.metadata.annotations.autoscaling.knative.dev/min-scale',
    remedy: 'Write a whole number of pods in quotes, such as "3"; "0" lets a service go to zero, or grow without limit.',
  },
];

/** A field that TypeScript does not let through and YAML does. */
function withUnknownField(): Service {
  const object = structuredClone(shop().object);
  Object.assign(object.spec!.template!.spec!.containers[0]!, { imagePullPolcy: 'Always' });
  return object;
}

/** Matches a text with all of these in it. */
const containing = (parts: readonly string[]) => ({
  asymmetricMatch: (text: string) => parts.every((part) => text.includes(part)),
});

/** Never run: `npm run typecheck` fails if the compiler lets one of these through. */
const refusedByTheCompiler: readonly (() => unknown)[] = [
  // @ts-expect-error an unknown field
  () => shop({ imagePullPolcy: 'Always' }),
  // @ts-expect-error an unknown field further in
  () => shop({ scale: { minimum: 1 } }),
  // @ts-expect-error a share that is no number
  () => TrafficSplit.weighted({ 'shop-one': '60' }),
  // @ts-expect-error no image at all
  () => new KnService(new Chart(new App(), 'app'), 'shop', { name: 'shop' }),
  // @ts-expect-error a revision by the name of a field of the API
  () => shop({ traffic: [{ revisionName: 'shop-one', percent: 100 }] }),
  // @ts-expect-error a protocol that Knative does not know
  () => shop({ protocol: 'udp' }),
];

test('the compiler refuses what has no place in the types', () => {
  expect(refusedByTheCompiler).toHaveLength(6);
});

describe('where a chart is synthesized', () => {
  test.each(refused)('$what is refused with construct, field and remedy', ({ props, text, field, details, remedy }) => {
    const { app } = shop(props);
    const line = `[app/shop] KNC1001 ${field}: ${text}${details ? ` (${details})` : ''} — ${remedy}`;
    expect(() => app.synth()).toThrow(line);
  });

  test('a revision that this service cannot have is refused', () => {
    const { app } = shop({ traffic: TrafficSplit.weighted({ 'other-00001': 50, latest: 50 }) });
    const line = 'spec.traffic[0]: revision "other-00001" is not one of service "shop" — Name a revision that begins with shop-.';
    expect(() => app.synth()).toThrow(line);
  });

  test('everything that is wrong with everything is said at once', () => {
    const app = new App({ outdir: tempFolder() });
    const chart = new Chart(app, 'app');
    for (const [i, { props }] of refused.entries()) new KnService(chart, `s${i}`, { image: 'example.com/shop', ...props });
    const lines = refused.map(({ field, text }, i) => `[app/s${i}] KNC1001 ${field}: ${text}`);
    expect(() => app.synth()).toThrow(expect.objectContaining({ message: containing(lines) }));
  });
});

describe('where an object is applied', () => {
  let virtual: VirtualSystem;
  beforeAll(async () => {
    virtual = await VirtualSystem.start();
  });
  afterAll(() => virtual.stop());

  const inDefault = (object: Service) => ({ ...object, metadata: { ...object.metadata, namespace: 'default' } });

  test.each(refused)('$what is refused in the words of the webhook', async ({ props, text, field, details }) => {
    const message = `validation failed: ${text}: ${field}${details ? `\n${details}` : ''}`;
    const applied = virtual.system.cluster.create(ServiceType, inDefault(shop(props).object));
    await expect(applied).rejects.toMatchObject({ reason: 'Invalid', message });
  });

  test('an unknown field is refused', async () => {
    const message = `validation failed: unknown field "${CONTAINER}.imagePullPolcy"`;
    const applied = virtual.system.cluster.create(ServiceType, inDefault(withUnknownField()));
    await expect(applied).rejects.toMatchObject({ reason: 'Invalid', message });
  });
});

const node = (code: string) => ({ command: [process.execPath, '-e', code] });
const CRASH = "console.error('no database'); process.exit(3)";
const SILENT = "console.log('I do not listen'); setInterval(() => {}, 1000)";
const OK = "require('http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT)";
const deadline = (time: string) => ({ annotations: { 'serving.knative.dev/progress-deadline': time } });
const DEADLINE = deadline('1s');

describe('where only running it shows', () => {
  let real: RealSystem;
  beforeAll(async () => {
    const programs = { crash: CRASH, silent: SILENT, ok: OK };
    real = await RealSystem.start(
      Object.entries(programs).map(([name, code]) => ({ image: `example.com/${name}`, program: node(code) })),
    );
  });
  afterAll(() => real.stop());

  const cases: readonly (readonly [what: string, props: Partial<KnServiceProps>, revision: unknown, service: string])[] = [
    [
      'an image that nothing stands for',
      { name: 'absent', image: 'example.com/absent' },
      {
        reason: 'ContainerMissing',
        message: expect.stringMatching(/^Unable to fetch image "example.com\/absent": no local program is known for image/),
      },
      'Configuration "absent" does not have any ready Revision.',
    ],
    [
      'a container that crashes',
      { name: 'crash', image: 'example.com/crash' },
      { reason: 'ExitCode3', message: 'Container failed with: no database\n' },
      'Configuration "crash" does not have any ready Revision.',
    ],
    [
      'a port that is never opened',
      { name: 'silent', image: 'example.com/silent', template: DEADLINE },
      {
        reason: 'ProgressDeadlineExceeded',
        message: expect.stringMatching(/^ReplicaSet "silent-\S+" has timed out progressing\.$/),
      },
      'Configuration "silent" does not have any ready Revision.',
    ],
    [
      'a revision in the traffic that is not there',
      { name: 'gone', image: 'example.com/ok', traffic: TrafficSplit.weighted({ 'gone-00007': 50, latest: 50 }) },
      undefined,
      'Revision "gone-00007" referenced in traffic not found.',
    ],
  ];

  test.each(cases)('%s stands in the conditions', async (_, props, revision, message) => {
    const { object } = shop(props);
    const { name = '' } = object.metadata;
    const { cluster } = real.system;
    await cluster.create(ServiceType, { ...object, metadata: { ...object.metadata, namespace: 'default' } });
    const ready = async (type: typeof ServiceType | typeof RevisionType, of: string) =>
      conditionOf(((await cluster.get<KubeObject>(type, 'default', of))?.status as KResourceStatus)?.conditions, 'Ready');
    const failed = await until('the service to fail', async () => {
      const condition = await ready(ServiceType, name);
      return condition?.status === 'False' && condition;
    });
    expect(failed).toMatchObject({ reason: 'RevisionMissing', message });
    const own = await until('what the revision says', () => ready(RevisionType, `${name}-00001`));
    expect(own).toMatchObject(revision ? { status: 'False', ...revision } : { status: expect.not.stringMatching('False') });
  });
});

describe('a request to a revision that cannot start', () => {
  let real: RealSystem;
  beforeEach(async () => {
    real = await RealSystem.start([{ image: 'example.com/ok', program: node(OK) }]);
  });
  afterEach(() => real.stop());

  /** A service that is ready without a pod, so that only a request shows what is wrong. */
  const applied = async (props: Partial<KnServiceProps> & { readonly name: string }) => {
    const { object } = shop({ scale: { initial: 0 }, ...props });
    await real.apply({ ...object, metadata: { ...object.metadata, namespace: 'default' } });
  };
  const ask = (name: string, headers?: Readonly<Record<string, string>>) =>
    get(real.system.gatewayUrl!, `${name}.default.localhost`, '/', headers);

  test('is answered at once with the cause and what to do about it, and so is the next one', async () => {
    await applied({ name: 'absent', image: 'example.com/absent' });
    const first = await ask('absent');
    expect(first).toMatchObject({ status: 503, text: (await ask('absent')).text });
    expect(first.text).toMatchInlineSnapshot(`
"no healthy upstream: revision default/absent-00001 cannot start
  ErrImagePull: no local program is known for image "example.com/absent", and no container engine (podman, docker) is on PATH
    Say in knc.images.yaml which program stands for it:
    images:
      "example.com/absent":
        command: [node, server.js]
  fix: Say what the image means on this machine: \`local\` on the construct, or an entry in knc.images.yaml.
  see docs/errors.md#knc3101
"
`);
    const json = await ask('absent', { accept: 'application/json' });
    expect(json).toMatchObject({ status: 503, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(json.text)).toEqual({
      error: 'no healthy upstream: revision default/absent-00001 cannot start',
      code: 'KNC3101',
      reason: 'ErrImagePull',
      message: expect.stringContaining('no local program is known for image "example.com/absent"'),
      remedy: expect.stringContaining('knc.images.yaml'),
    });
  });

  test('is answered once somebody says what the image means', async () => {
    await applied({ name: 'absent', image: 'example.com/absent' });
    expect((await ask('absent')).status).toBe(503);
    real.map([{ image: 'example.com/absent', program: node(OK) }]);
    expect(await ask('absent')).toMatchObject({ status: 200, text: 'ok' });
  });

  test('says which command is not allowed', async () => {
    await applied({ name: 'other', image: 'example.com/ok', command: ['/app'] });
    const answer = await ask('other');
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('  CreateContainerConfigError: container user-container sets command ["/app"]');
    expect(answer.text).toContain('see docs/errors.md#knc3105');
  });

  test('waits where waiting can help: what is missing may still come', async () => {
    const env = { GREETING: { valueFrom: { configMapKeyRef: { name: 'later', key: 'greeting' } } } };
    await applied({ name: 'later', image: 'example.com/ok', env });
    const answer = ask('later');
    await until(
      'the pod to wait',
      async () => (await real.pods('later-00001'))[0]?.status?.containerStatuses?.[0]?.state?.waiting?.message,
    );
    const metadata = { namespace: 'default', name: 'later' };
    await real.system.cluster.create(ConfigMapType, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { greeting: 'hello' },
    });
    expect(await answer).toMatchObject({ status: 200, text: 'ok' });
  });
});

/** The blocks that explain errors, each from its first line to the next empty one; what chance or haste made of names and numbers is left out. */
function blocks(text: string): string[] {
  const tidy = text
    .replace(/(-00001-deployment)-\w+-\w+/g, '$1-POD')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/(CrashLoopBackOff|Exited): (.* exit code \d+).*/g, 'CrashLoopBackOff: $2, restarted N times')
    .replace(/((\n +\| .*)\2+)/g, '$2');
  return tidy
    .split('\n\n')
    .filter((part) => part.trimStart().startsWith('error '))
    .map((part) => part.trim());
}

describeBuilt('knc dev shows in one readable block', () => {
  let knc: Knc | undefined;
  afterEach(() => knc?.end());

  const run = async (files: Readonly<Record<string, string>>, input: string, count: number) => {
    const dev = new Knc(tempFolder(files), 'dev', input, '--port', '0');
    knc = dev;
    await until('every block', () => blocks(dev.stderr).length >= count);
    dev.signal('SIGINT');
    expect(await dev.exit()).toBe(130);
    return blocks(dev.stderr);
  };

  test('what is wrong with objects', async () => {
    const objects = refused.map(({ props }, i) => shop({ name: `shop-${'abcdef'[i]}`, ...props }).object);
    const yaml = [...objects, withUnknownField()].map((object) => stringify(object)).join('---\n');
    expect(await run({ 'all.yaml': yaml }, 'all.yaml', 1)).toMatchInlineSnapshot(`
[
  "error KNC2001 7 objects were refused by validation
  Service default/shop-a
    in all.yaml, document 1
    Traffic targets sum to 110, want 100: spec.traffic
      fix: Take 10 away from the targets.
  Service default/shop-b
    in all.yaml, document 2
    missing field(s): spec.template.spec.containers[0].image
      fix: Name the image to run, such as "registry.example.com/team/app:1.2".
  Service default/shop-c
    in all.yaml, document 3
    "queue-proxy" is a reserved container name: spec.template.spec.containers[1].name
      fix: Give the container another name: Knative may add a container of its own under this one.
  Service default/shop-d
    in all.yaml, document 4
    "PORT" is a reserved environment variable: spec.template.spec.containers[0].env[0].name
      fix: Leave it out: Knative sets PORT to the containerPort of ports[0] (8080 by default).
  Service default/shop-e
    in all.yaml, document 5
    invalid value: 8012 is a reserved port: spec.template.spec.containers[0].ports[0].containerPort
      8012 is a reserved port, please use a different value
      fix: Let the program listen on another port, such as 8080; it is told which one in $PORT.
  Service default/shop-f
    in all.yaml, document 6
    expected 0 <= -1 <= 2147483647: spec.template.metadata.annotations.autoscaling.knative.dev/min-scale
      fix: Write a whole number of pods in quotes, such as "3"; "0" lets a service go to zero, or grow without limit.
  Service default/shop
    in all.yaml, document 7
    unknown field "spec.template.spec.containers[0].imagePullPolcy"
      fix: Did you mean "imagePullPolicy"?
  see docs/errors.md#knc2001",
]
`);
  });

  test('what is wrong with constructs', async () => {
    const main = `
import { App, Chart } from 'cdk8s';
import { KnService, TrafficSplit } from 'knative-constructs';
const app = new App();
const chart = new Chart(app, 'app');
const image = 'example.com/shop';
new KnService(chart, 'sum', { name: 'sum', image, traffic: TrafficSplit.weighted({ 'sum-one': 60, latest: 50 }) });
new KnService(chart, 'unknown', { name: 'unknown', image, traffic: TrafficSplit.weighted({ 'other-00001': 50, latest: 50 }) });
new KnService(chart, 'image', { name: 'image', image: '' });
new KnService(chart, 'env', { name: 'env', image, env: { PORT: '80' } });
new KnService(chart, 'scale', { name: 'scale', image, scale: { min: -1 } });
app.synth();
`;
    expect(await run({ 'main.ts': main }, 'main.ts', 1)).toMatchInlineSnapshot(`
[
  "error KNC1001 The app declares invalid objects
  construct app/sum
    spec.traffic: Traffic targets sum to 110, want 100
      fix: Take 10 away from the targets.
  construct app/unknown
    spec.traffic[0]: revision "other-00001" is not one of service "unknown"
      fix: Name a revision that begins with unknown-.
  construct app/image
    spec.template.spec.containers[0].image: missing field(s)
      fix: Name the image to run, such as "registry.example.com/team/app:1.2".
  construct app/env
    spec.template.spec.containers[0].env[0].name: "PORT" is a reserved environment variable
      fix: Leave it out: Knative sets PORT to the containerPort of ports[0] (8080 by default).
  construct app/scale
    spec.template.metadata.annotations.autoscaling.knative.dev/min-scale: expected 0 <= -1 <= 2147483647
      fix: Write a whole number of pods in quotes, such as "3"; "0" lets a service go to zero, or grow without limit.
  see docs/errors.md#knc1001",
]
`);
  });

  test('what only running it shows, a block each', async () => {
    const images = { crash: CRASH, silent: SILENT, ok: OK };
    const map = Object.entries(images).map(([name, code]) => [`example.com/${name}`, { command: ['node', '-e', code] }]);
    const missing = { 'example.com/missing': { command: ['./no-such-program'] } };
    const objects = [
      shop({ name: 'absent', image: 'example.com/absent' }),
      shop({ name: 'crash', image: 'example.com/crash' }),
      shop({ name: 'gone', image: 'example.com/ok', traffic: TrafficSplit.weighted({ 'gone-00007': 50, latest: 50 }) }),
      shop({ name: 'missing', image: 'example.com/missing' }),
      // Long enough for a process to have begun on a busy machine: what it says is a part of the block.
      shop({ name: 'silent', image: 'example.com/silent', template: deadline('3s') }),
    ];
    const files = {
      'all.yaml': objects.map(({ object }) => stringify(object)).join('---\n'),
      'knc.images.yaml': stringify({ images: { ...Object.fromEntries(map), ...missing } }),
    };
    expect((await run(files, 'all.yaml', 5)).sort()).toMatchInlineSnapshot(`
[
  "error KNC3101 An image cannot be run here
  Service default/absent
    in all.yaml, document 1
    Pod absent-00001-deployment-POD: ErrImagePull: no local program is known for image "example.com/absent", and no container engine (podman, docker) is on PATH
      Say in knc.images.yaml which program stands for it:
      images:
        "example.com/absent":
          command: [node, server.js]
  fix: Say what the image means on this machine: \`local\` on the construct, or an entry in knc.images.yaml.
  see docs/errors.md#knc3101",
  "error KNC3102 A container ended by itself
  Service default/crash
    in all.yaml, document 2
    Pod crash-00001-deployment-POD: CrashLoopBackOff: user-container ended with exit code 3, restarted N times
      | no database
  fix: Read the last lines that it printed; a service must keep running and listen on $PORT, a Job must end with 0.
  see docs/errors.md#knc3102",
  "error KNC3103 A container runs but does not listen on its port
  Service default/silent
    in all.yaml, document 5
    Pod silent-00001-deployment-POD: Starting: Readiness probe failed: dial tcp 127.0.0.1:PORT: connect ECONNREFUSED 127.0.0.1:PORT
      | I do not listen
  fix: Listen on the port in $PORT, on all addresses; 127.0.0.1 alone does where pods are not isolated.
  see docs/errors.md#knc3103",
  "error KNC3104 Traffic goes to something that does not exist
  Service default/gone
    in all.yaml, document 3
    Route gone: RevisionMissing: Revision "gone-00007" referenced in traffic not found.
  fix: Correct the name in spec.traffic, or deploy what it names first.
  see docs/errors.md#knc3104",
  "error KNC3105 A container cannot be started
  Service default/missing
    in all.yaml, document 4
    Pod missing-00001-deployment-POD: StartError: user-container cannot be started: exec: "./no-such-program": no such file or directory
  fix: Create the ConfigMap or Secret, or correct the field or the command, that the message names.
  see docs/errors.md#knc3105",
]
`);
  });
});
