import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { knativeTypes } from '../../../lib/api';
import { main } from '../../../lib/cli/main';
import { FakeIo } from './fake-io';
import { tempFolder } from './temp-folder';

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

test('knc crds prints every kind as one YAML stream on stdout', async () => {
  const io = new FakeIo();
  expect(await main(['crds'], io)).toBe(0);
  const names = parseAllDocuments(io.stdoutText).map((document) => document.toJS().metadata.name);
  expect(names).toEqual(knativeTypes.map(({ plural, group }) => `${plural}.${group}`));
  expect(io.stderrText).toBe('');
});

test('knc crds --output writes a file for each kind and says so on stderr', async () => {
  const io = new FakeIo({ cwd: tempFolder() });
  expect(await main(['crds', '--output', 'out/crds'], io)).toBe(0);
  const files = readdirSync(path.join(io.cwd, 'out/crds'));
  expect(files.sort()).toEqual(knativeTypes.map(({ plural, group }) => `${plural}.${group}.yaml`).sort());
  expect(io.stdoutText).toBe('');
  expect(io.stderrText).toBe(`wrote ${knativeTypes.length} files to out/crds\n`);
});

test('knc synth - prints the YAML of standard input again', async () => {
  const io = new FakeIo({ stdin: SERVICE });
  expect(await main(['synth', '-'], io)).toBe(0);
  expect(io.stdoutText).toBe(SERVICE);
});

test('knc synth writes a namespace only where it is asked for and only where it is missing', async () => {
  const io = new FakeIo({ stdin: SERVICE.replace('name: hello', 'name: a\n  namespace: own') + '---\n' + SERVICE });
  expect(await main(['synth', '-', '-n', 'given'], io)).toBe(0);
  expect(io.stdoutText.match(/namespace: .*/g)).toEqual(['namespace: own', 'namespace: given']);
});

test('knc synth prints nothing if an object is invalid, unless told not to look', async () => {
  const stdin = SERVICE.replace('image: example.com/hello', 'image: example.com/hello\n          imagee: x');
  const strict = new FakeIo({ stdin });
  expect(await main(['synth', '-'], strict)).toBe(1);
  expect(strict.stdoutText).toBe('');
  expect(strict.stderrText).toContain('KNC2001');
  const lenient = new FakeIo({ stdin });
  expect(await main(['synth', '-', '--no-validate'], lenient)).toBe(0);
  expect(lenient.stdoutText).toContain('imagee: x');
});

test('knc synth --output writes a file and leaves stdout alone', async () => {
  const io = new FakeIo({ stdin: SERVICE, cwd: tempFolder() });
  expect(await main(['synth', '-', '-o', 'dist/all.yaml'], io)).toBe(0);
  expect(readFileSync(path.join(io.cwd, 'dist/all.yaml'), 'utf8')).toBe(SERVICE);
  expect(io.stdoutText).toBe('');
});

test('--json prints one List, which is input again', async () => {
  const io = new FakeIo({ stdin: SERVICE });
  expect(await main(['synth', '-', '--json'], io)).toBe(0);
  expect(JSON.parse(io.stdoutText)).toMatchObject({ kind: 'List', items: [{ kind: 'Service', metadata: { name: 'hello' } }] });
  const again = new FakeIo({ stdin: io.stdoutText });
  expect(await main(['synth', '-'], again)).toBe(0);
  expect(again.stdoutText).toBe(SERVICE);
  const crds = new FakeIo();
  expect(await main(['crds', '--json'], crds)).toBe(0);
  expect(JSON.parse(crds.stdoutText).items).toHaveLength(knativeTypes.length);
});
