import fs from 'node:fs';
import { Chart, Testing } from 'cdk8s';
import { KnService } from 'knative-constructs';
import { type KubeObject, servedTypes } from '../../lib/api';
import type { Watch } from '../../lib/kube';
import { VirtualSystem } from './support/virtual-system';

const SERVICES = 20;
const HOUR_MS = 3_600_000;
const names = Array.from({ length: SERVICES }, (_, i) => `s${i}`);

let virtual: VirtualSystem;

beforeAll(async () => {
  virtual = await VirtualSystem.start();
  virtual.system.functions.register({ image: '**' }, (_request, { pod }) => new Response(pod));
  const chart = new Chart(Testing.app(), 'idle');
  for (const name of names) new KnService(chart, name, { name, image: 'example.com/app' });
  await virtual.apply(...(Testing.synth(chart) as KubeObject[]));
});

afterAll(() => virtual.stop());

const pods = async () => (await Promise.all(names.map((name) => virtual.pods(`${name}-00001`)))).flat().length;

/** Watches every kind; calls back for every change from now on. */
async function changes(onChange: (what: string) => void): Promise<() => void> {
  const watches: Watch[] = [];
  for (const type of servedTypes) {
    const { resourceVersion } = await virtual.system.cluster.list(type);
    watches.push(
      virtual.system.cluster.watch(type, { resourceVersion }, (event) => {
        if (event.type !== 'BOOKMARK') onChange(`${event.type} ${type.kind} ${event.object.metadata.name}`);
      }),
    );
  }
  return () => {
    for (const watch of watches) watch.stop();
  };
}

/** Every instant of the next hour at which a timer fires. */
async function instants(): Promise<number[]> {
  const { clock } = virtual;
  const end = clock.now() + HOUR_MS;
  const fired: number[] = [];
  for (let next = clock.nextTimer(); next !== undefined && next <= end; next = clock.nextTimer()) {
    fired.push(next);
    await clock.advance(next - clock.now());
  }
  await clock.advance(end - clock.now());
  return fired;
}

test('20 services that nobody asks go to zero', async () => {
  expect(await pods()).toBe(SERVICES);
  await virtual.clock.advance(3 * 60_000);
  expect(await pods()).toBe(0);
});

test('20 services at zero write nothing for an hour, and no timer of theirs fires', async () => {
  await virtual.clock.advance(10 * 60_000);
  const written: string[] = [];
  const stop = await changes((what) => written.push(what));
  const fired = await instants();
  expect(written).toEqual([]);
  expect(fired).toEqual([]);
  stop();
});

test('after that hour each answers, and goes to zero again', async () => {
  const made = jest.spyOn(fs, 'mkdtempSync');
  for (const name of names) {
    const response = await virtual.drive(virtual.fetch(name));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(new RegExp(`^${name}-00001-`));
  }
  expect(await pods()).toBe(SERVICES);
  await virtual.clock.advance(3 * 60_000);
  expect(await pods()).toBe(0);
  expect(made).not.toHaveBeenCalled(); // functions have no use for folders
});

test('a watch sees what is written, so silence is no accident', async () => {
  const written: string[] = [];
  const stop = await changes((what) => written.push(what));
  await virtual.drive(virtual.fetch('s0'));
  await virtual.clock.settle();
  expect(written).toContainEqual(expect.stringMatching(/^ADDED Pod s0-00001-/));
  expect(written).toContainEqual('MODIFIED Deployment s0-00001-deployment');
  stop();
});
