import { main } from '../../../../lib/cli/main';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const SERVICE = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: hello
spec:
  template:
    spec:
      containers:
        - image: example.com/hello
`;
const BAD = `${SERVICE}          imagee: x
      containerConcurrency: -1
      hostNetwork: true
---
apiVersion: serving.knative.dev/v1
kind: Servise
metadata: { name: typo }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  PORT: 8080
`;

async function validate(files: Record<string, string>, args: string[], stdin = '') {
  const io = new FakeIo({ cwd: tempFolder(files), stdin });
  const code = await main(['validate', ...args], io);
  return { code, out: io.stdoutText, err: io.stderrText };
}

test('what is valid says so on one line, and exits with 0', async () => {
  const text = 'valid: 1 object in hello.yaml\n';
  expect(await validate({ 'hello.yaml': SERVICE }, ['hello.yaml'])).toEqual({ code: 0, err: '', out: text });
});

test('everything wrong in every document is shown with its line, upstream text and remedy', async () => {
  const { code, err, out } = await validate({ 'bad.yaml': BAD }, ['bad.yaml']);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatchInlineSnapshot(`
"bad.yaml:10:11  error KNC2001  Service hello
  unknown field "spec.template.spec.containers[0].imagee"
  10 |           imagee: x
     |           ^^^^^^^^^
  fix: Did you mean "image"?

bad.yaml:11:7  error KNC2001  Service hello
  expected 0 <= -1 <= 1000: spec.template.spec.containerConcurrency
  11 |       containerConcurrency: -1
     |       ^^^^^^^^^^^^^^^^^^^^^^^^

bad.yaml:12:7  error KNC2001  Service hello
  must not set the field(s): spec.template.spec.hostNetwork
  12 |       hostNetwork: true
     |       ^^^^^^^^^^^^^^^^^
  fix: Set kubernetes.podspec-hostnetwork: "enabled" in ConfigMap config-features to allow it.

bad.yaml:15:1  error KNC2101  Servise typo
  no kind "Servise" is served in serving.knative.dev/v1
  15 | kind: Servise
     | ^^^^^^^^^^^^^
  fix: Did you mean "Service"?

bad.yaml:22:3  error KNC2001  ConfigMap settings
  invalid value: 8080: data.PORT
    must be of type string, not integer
  22 |   PORT: 8080
     |   ^^^^^^^^^^
  fix: Put it in quotes: "8080".

invalid: 5 errors; 3 objects in bad.yaml
"
`);
});

test('a file that is no YAML and a path that is not there hide nothing of the others', async () => {
  const files = { 'a.yaml': 'a: [1\n', 'b.yaml': SERVICE.replace('image:', 'imge:'), 'c.yaml': SERVICE };
  const { code, out } = await validate(files, ['.', 'gone.yaml']);
  expect(code).toBe(1);
  expect(out).toContain('a.yaml:2:1  error KNC4002');
  expect(out).toContain('b.yaml:9:11  error KNC2001  Service hello\n  missing field(s): spec.template.spec.containers[0].image');
  expect(out).toContain('gone.yaml  error KNC4001\n  There is no such file or folder');
});

test('standard input is a file named stdin', async () => {
  const { code, out } = await validate({}, ['-'], SERVICE.replace('image:', 'imge:'));
  expect(code).toBe(1);
  expect(out).toContain('stdin:9:11');
});

describe('kinds', () => {
  const WIDGET = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\n';
  const NOTE = 'note kind Widget of example.com/v1 is not known here: only its metadata was checked (w.yaml:2:1)\n';

  test('that are not known are noted, and fail only with --strict', async () => {
    expect(await validate({ 'w.yaml': WIDGET }, ['w.yaml'])).toEqual({
      code: 0,
      err: '',
      out: `${NOTE}\nvalid: 1 object in w.yaml\n`,
    });
    const strict = await validate({ 'w.yaml': WIDGET }, ['w.yaml', '--strict']);
    expect(strict.code).toBe(1);
    expect(strict.out).toBe(`${NOTE}\ninvalid: kinds that cannot be checked; 1 object in w.yaml\n`);
  });

  test('of other people have their metadata checked', async () => {
    const { code, out } = await validate({ 'w.yaml': WIDGET.replace('{ name: w }', '{ name: w, labels: { a: 1 } }') }, [
      'w.yaml',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('invalid value: 1: metadata.labels.a');
  });

  test.each([
    ['a version that is not served', 'serving.knative.dev/v1beta1', 'Service', 'Write apiVersion: serving.knative.dev/v1.'],
    ['a misspelt kind', 'serving.knative.dev/v1', 'Revison', 'Did you mean "Revision"?'],
  ])('%s is an error with what was meant', async (_, apiVersion, kind, remedy) => {
    const { code, out } = await validate({ 'a.yaml': `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n` }, [
      'a.yaml',
    ]);
    expect(code).toBe(1);
    expect(out).toContain(`fix: ${remedy}`);
  });
});

describe("Kubernetes' own kinds", () => {
  const core = async (text: string) => (await validate({ 'a.yaml': text }, ['a.yaml', '--json'])).out;
  const messages = async (text: string) =>
    (JSON.parse(await core(text)) as { findings: { message: string; fields: string[] }[] }).findings.map(
      ({ message, fields }) => `${message}: ${fields.join()}`,
    );
  const deployment = (labels: string, container: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\nspec:\n  selector: { matchLabels: { app: a } }\n  template:\n    metadata: { labels: { ${labels} } }\n    spec: { containers: [{ ${container} }] }\n`;

  test('a Deployment whose template the selector does not match', async () => {
    expect(await messages(deployment('app: a', 'name: a, image: b'))).toEqual([]);
    expect(await messages(deployment('app: b', 'name: a, image: b'))).toEqual([
      'invalid value: {"app":"b"}: spec.template.metadata.labels',
    ]);
  });

  test('a container without name, or with a number for a value', async () => {
    expect(await messages(deployment('app: a', 'image: b, env: [{ name: A, value: 1 }]'))).toEqual([
      'missing field(s): spec.template.spec.containers[0].name',
      'invalid value: 1: spec.template.spec.containers[0].env[0].value',
    ]);
  });

  test('a field that does not exist, with the one that was meant', async () => {
    expect(await messages(deployment('app: a', 'name: a, imagee: b'))).toEqual([
      'unknown field "spec.template.spec.containers[0].imagee": spec.template.spec.containers[0].imagee',
    ]);
  });

  test('a Secret that is not base64, a Service without ports, a name with capitals', async () => {
    expect(await messages('apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { a: "not base64!" }\n')).toEqual([
      'illegal base64 data: data.a',
    ]);
    expect(await messages('apiVersion: v1\nkind: Service\nmetadata: { name: s }\nspec: { selector: { a: b } }\n')).toEqual([
      'missing field(s): spec.ports',
    ]);
    expect((await messages('apiVersion: v1\nkind: Secret\nmetadata: { name: S }\n'))[0]).toContain('metadata.name');
  });

  test('a setting of Knative that its controllers would refuse', async () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config-autoscaler, namespace: knative-serving }\ndata: { enable-scale-to-zero: "perhaps", stable-window: "1s" }\n';
    expect(await messages(text)).toHaveLength(1);
  });
});

test('two different objects of one name are told with the line of the first', async () => {
  const other = SERVICE.replace('example.com/hello', 'example.com/other');
  const { code, out } = await validate({ 'a.yaml': SERVICE, 'b.yaml': `${SERVICE}---\n${other}` }, ['a.yaml', 'b.yaml']);
  expect(code).toBe(1);
  expect(out).toContain('b.yaml:14:3  error KNC2102  Service hello\n  declared differently in a.yaml:4');
  expect(out).toContain('invalid: 1 error; 3 objects in 2 files');
});

test('--json is one document with positions, fields and objects', async () => {
  const { code, out, err } = await validate({ 'bad.yaml': BAD }, ['bad.yaml', '--json']);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const document = JSON.parse(out);
  expect(document).toMatchObject({ valid: false, objects: 3, sources: ['bad.yaml'], errors: 5, warnings: 0, notes: 0 });
  expect(document.findings[0]).toEqual({
    level: 'error',
    code: 'KNC2001',
    message: 'unknown field "spec.template.spec.containers[0].imagee"',
    remedy: 'Did you mean "image"?',
    fields: ['spec.template.spec.containers[0].imagee'],
    object: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' },
    file: 'bad.yaml',
    line: 10,
    column: 11,
  });
});

test('--output github annotates lines, with everything escaped that would end a command', async () => {
  const { out } = await validate({ 'a,b.yaml': SERVICE.replace('- image:', '- imge:') }, ['a,b.yaml', '-o', 'github']);
  expect(out.split('\n')[0]).toBe(
    '::error file=a%2Cb.yaml,line=9,col=11,title=KNC2001 Service hello::missing field(s): spec.template.spec.containers[0].image%0Afix: Name the image to run, such as "registry.example.com/team/app:1.2".',
  );
});

test('--output sarif names rule, level, file and region', async () => {
  const { out } = await validate({ 'a.yaml': SERVICE.replace('- image:', '- imge:') }, ['a.yaml', '-o', 'sarif']);
  const [run] = JSON.parse(out).runs;
  expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['KNC2001']);
  expect(run.results[0]).toMatchObject({
    ruleId: 'KNC2001',
    level: 'error',
    locations: [{ physicalLocation: { artifactLocation: { uri: 'a.yaml' }, region: { startLine: 9, startColumn: 11 } } }],
  });
});

test('a format that does not exist is wrong usage, with the one that was meant', async () => {
  const { code, err } = await validate({}, ['.', '--output', 'sariff']);
  expect(code).toBe(2);
  expect(err).toContain('(Did you mean sarif?)');
});

test('control characters of the input are shown, not obeyed', async () => {
  const folder = tempFolder({
    'a.yaml': 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec: { "x\\e[2J": 1, "\x9b2Jy": 1 }\n',
  });
  const io = new FakeIo({ cwd: folder });
  expect(await main(['validate', 'a.yaml'], io)).toBe(1);
  expect(io.stdoutText).toContain('unknown field "spec.\\x9b2Jy"');
  expect([...io.stdoutText].filter((char) => char === '\x1b' || char === '\x9b')).toEqual([]);
});

describe('settings of the installation that are in the input', () => {
  const POLICY = `apiVersion: eventing.knative.dev/v1alpha1
kind: EventPolicy
metadata: { name: shops }
spec: { from: [{ sub: "system:serviceaccount:shop:*" }] }
`;
  const map = (namespace: string, data: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config-features, namespace: ${namespace} }\ndata: { ${data} }\n`;
  const on = map('knative-eventing', 'authentication-oidc: enabled');
  const off = map('knative-eventing', 'authentication-oidc: disabled');
  const HOST = `${SERVICE}      hostNetwork: true\n`;
  const allowed = map('knative-serving', 'kubernetes.podspec-hostnetwork: enabled');

  test.each<[string, Record<string, string>, string]>([
    ['nothing is said of policies', { 'a.yaml': POLICY }, '1 warning'],
    ['policies count', { 'a.yaml': POLICY, 'b.yaml': on }, 'valid: 2 objects'],
    ['policies do not', { 'a.yaml': POLICY, 'b.yaml': off }, '1 warning'],
    ['nothing is said of the network', { 'a.yaml': HOST }, '1 error'],
    ['the network may be the one of the node', { 'a.yaml': HOST, 'b.yaml': allowed }, 'valid: 2 objects'],
    ['a setting is wrong', { 'b.yaml': map('knative-eventing', 'authentication-oidc: "on"') }, 'authentication-oidc is "on"'],
  ])('count for the rest: %s', async (_what, files, text) => {
    expect((await validate(files, ['.'])).out).toContain(text);
  });
});
