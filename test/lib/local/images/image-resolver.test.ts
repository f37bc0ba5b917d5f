import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findContainerEngine, ImageMap, ImageResolver, type ImageTarget, sampleProgram } from '../../../../lib/local/images';

const map = ImageMap.parse('images:\n  "**/helloworld-go": { command: [mapped] }', '/repo/knc.images.yaml');
const target = (more: Partial<ImageTarget> = {}): ImageTarget => ({
  image: 'ghcr.io/knative/helloworld-go:latest',
  namespace: 'default',
  service: 'hello',
  container: 'user-container',
  ...more,
});

test('what a construct says comes before the file, the file before the samples', () => {
  const local = [{ namespace: 'default', service: 'hello', program: { command: ['said'] } }];
  const resolver = new ImageResolver({ local, map, samplesDir: '/samples' });
  expect(resolver.resolve(target())?.command).toEqual(['said']);
  expect(resolver.resolve(target({ service: 'other' }))?.command).toEqual(['mapped']);
  resolver.update({});
  expect(resolver.resolve(target())?.command).toEqual([process.execPath, '/samples/helloworld.js']);
  expect(resolver.resolve(target({ image: 'acme/unknown' }))).toBeUndefined();
});

test.each([
  [{ namespace: 'other' }, false],
  [{ service: 'hello' }, true],
  [{ service: 'hello', image: 'acme/x' }, false],
  [{ image: 'ghcr.io/knative/helloworld-go' }, true],
  [{}, true],
])('local: %j stands for the container: %p', (entry, expected) => {
  const resolver = new ImageResolver({ local: [{ ...entry, program: { command: ['said'] } }] });
  expect(resolver.resolve(target()) !== undefined).toBe(expected);
});

test.each([
  ['gcr.io/knative-samples/helloworld-go', 'helloworld'],
  ['ghcr.io/knative/helloworld-go:latest', 'helloworld'],
  ['registry.example:5000/x/helloworld-go@sha256:ab', 'helloworld'],
  ['gcr.io/knative-samples/autoscale-go', 'autoscale'],
  ['ghcr.io/knative/autoscale-go:v1', 'autoscale'],
  ['gcr.io/knative-releases/knative.dev/eventing/cmd/event_display', 'event-display'],
  ['ghcr.io/x/event-display', 'event-display'],
  ['ruromero/cloudevents-player', 'cloudevents-player'],
  ['quay.io/ruben/cloudevents-player:latest', 'cloudevents-player'],
  ['ghcr.io/acme/helloworld', undefined],
  ['ghcr.io/acme/toString', undefined],
])('%s is the sample %s', (image, sample) => {
  const expected = sample && { command: [process.execPath, `/samples/${sample}.js`] };
  expect(sampleProgram(image, '/samples')).toEqual(expected);
});

test('a container engine is looked for on PATH, podman first', () => {
  const [a, b] = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'knc-path-')));
  expect(findContainerEngine(`${a}:${b}`)).toBeUndefined();
  for (const [folder, name] of [
    [a, 'docker'],
    [b, 'podman'],
  ] as const) {
    writeFileSync(join(folder!, name), '#!/bin/sh\n');
    expect(findContainerEngine(`${folder}`)).toBeUndefined();
    chmodSync(join(folder!, name), 0o755);
  }
  expect(findContainerEngine(`${a}:${b}`)).toEqual({ name: 'podman', path: join(b!, 'podman') });
  expect(findContainerEngine(a)).toEqual({ name: 'docker', path: join(a!, 'docker') });
});
