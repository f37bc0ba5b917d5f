import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { meanings } from '../../../../lib/cli/images/meanings';
import { main } from '../../../../lib/cli/main';
import { ImageMap } from '../../../../lib/local/images';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const service = (name: string, image: string) =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { template: { spec: { containers: [{ image: "${image}" }] } } }\n`;
const APP = [
  service('hello', 'ghcr.io/knative/helloworld-go:latest'),
  service('cart', 'ghcr.io/acme/cart:2.0'),
  service('web', 'ghcr.io/acme/web:1'),
  service('web2', 'ghcr.io/acme/web:1'),
].join('---\n');
const MAP = '# ours\nimages:\n  ghcr.io/acme/cart: { command: [node, cart.js], cwd: services }\n';

async function knc(files: Record<string, string>, ...args: string[]) {
  const io = new FakeIo({ cwd: tempFolder(files), env: { PATH: '' } });
  const code = await main(['images', ...args], io);
  return { code, out: io.stdoutText, err: io.stderrText, cwd: io.cwd };
}

test('each image is listed with what it means, who uses it and how to map it', async () => {
  const { code, out, err } = await knc({ 'app.yaml': APP, 'knc.images.yaml': MAP });
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatchInlineSnapshot(`
"ghcr.io/knative/helloworld-go:latest
  bundled sample
  node helloworld.js
  used by Service default/hello

ghcr.io/acme/cart:2.0
  mapped in knc.images.yaml
  node cart.js  (in services)
  used by Service default/cart

ghcr.io/acme/web:1
  means nothing here
  used by Service default/web, Service default/web2

Say in knc.images.yaml which program stands for an image, or let --write add this:

images:
  "ghcr.io/acme/web:1":
    command: [node, server.js]
"
`);
});

test('with a container engine every image means something', async () => {
  const engine = { name: 'docker', path: '/usr/bin/docker' } as const;
  const use = { image: 'x/y', namespace: 'default', container: 'c', object: 'Service default/y' };
  expect(meanings([use], { local: [], samplesDir: '/s', engine })).toEqual([
    { image: 'x/y', meaning: 'engine', engine: 'docker', usedBy: ['Service default/y'] },
  ]);
});

test('what a construct says comes before the file, and only for its own service', () => {
  const use = (service: string) => ({
    image: 'x/y',
    namespace: 'default',
    service,
    container: 'c',
    object: `Service default/${service}`,
  });
  const map = ImageMap.parse('images: { x/y: { command: [mapped] } }', path.join(tempFolder(), 'knc.images.yaml'));
  const found = meanings([use('a'), use('b')], {
    local: [{ service: 'a', image: 'x/y', program: { command: ['said'] } }],
    map,
    samplesDir: '/s',
    engine: undefined,
  });
  expect(found.map(({ meaning, command, usedBy }) => [meaning, command, usedBy])).toEqual([
    ['local', ['said'], ['Service default/a']],
    ['map', ['mapped'], ['Service default/b']],
  ]);
});

test('--json is one document', async () => {
  const { out } = await knc({ 'app.yaml': APP }, 'app.yaml', '--json');
  expect(JSON.parse(out)).toMatchObject({
    file: 'knc.images.yaml',
    written: [],
    images: [
      { meaning: 'sample' },
      { image: 'ghcr.io/acme/cart:2.0', meaning: 'none' },
      { meaning: 'none', usedBy: ['Service default/web', 'Service default/web2'] },
    ],
  });
});

describe('--write', () => {
  test('adds an entry for each image that means nothing, and changes nothing else', async () => {
    const { code, cwd, out } = await knc({ 'app.yaml': APP, 'knc.images.yaml': MAP }, '--write');
    expect(code).toBe(0);
    expect(out).toContain('knc.images.yaml: added a stub; say there what to run.');
    expect(readFileSync(path.join(cwd, 'knc.images.yaml'), 'utf8')).toMatchInlineSnapshot(`
"# ours
images:
  ghcr.io/acme/cart: { command: [node, cart.js], cwd: services }
  ghcr.io/acme/web:1:
    command: [node, server.js] # what to run for this image
"
`);
  });

  test('makes a file that the reader of the file accepts', async () => {
    const { cwd } = await knc({ 'app.yaml': APP }, '.', '--write');
    const file = path.join(cwd, 'knc.images.yaml');
    expect(ImageMap.load(file).find('ghcr.io/acme/web:1')?.command).toEqual(['node', 'server.js']);
    expect(Object.keys(parse(readFileSync(file, 'utf8')).images)).toEqual(['ghcr.io/acme/cart:2.0', 'ghcr.io/acme/web:1']);
  });

  test('writes nothing where nothing is missing', async () => {
    const { cwd } = await knc({ 'app.yaml': service('hello', 'ghcr.io/knative/helloworld-go') }, '.', '--write');
    expect(() => readFileSync(path.join(cwd, 'knc.images.yaml'))).toThrow();
  });
});
