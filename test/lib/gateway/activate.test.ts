import { DeploymentType } from '../../../lib/api';
import { noLog } from '../../../lib/base';
import { Activator } from '../../../lib/gateway/activate';
import { ClusterError } from '../../../lib/kube';
import { World } from './world';

async function setup(replicas: number) {
  const world = new World();
  await world.revision('r', { replicas });
  const { cluster } = world;
  const patches: unknown[] = [];
  const patch = cluster.patch.bind(cluster);
  const spy = jest.spyOn(cluster, 'patch').mockImplementation(((...args: Parameters<typeof patch>) => {
    patches.push(args[4]);
    return patch(...args);
  }) as typeof patch);
  const activator = new Activator({ cluster, executor: world.executor, log: noLog });
  return { world, cluster, activator, patches, spy };
}

describe('activation', () => {
  test('raises a Deployment from zero, once for all who ask at the same time', async () => {
    const { world, cluster, activator, patches, spy } = await setup(0);
    const reads = [jest.spyOn(cluster, 'get'), jest.spyOn(cluster, 'list')];
    const raised = await Promise.all([1, 2, 3].map(() => activator.raise('default', 'r-deployment', 3)));
    expect(raised).toEqual([true, true, true]);
    expect(patches).toHaveLength(1);
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    // Requests wait for it: it waits behind no other write.
    expect(spy.mock.calls[0]![5]).toMatchObject({ subresource: 'scale', urgent: true });
    expect(await world.replicas('r')).toBe(3);
  });

  test('leaves any other number of replicas to the autoscaler', async () => {
    const { world, activator, patches } = await setup(2);
    expect(await activator.raise('default', 'r-deployment', 5)).toBe(false);
    expect([await world.replicas('r'), patches.length]).toEqual([2, 1]);
  });

  test('gives way to a write of the autoscaler in the meantime', async () => {
    const { world, cluster, activator, spy } = await setup(0);
    spy.mockImplementationOnce((async () => {
      await cluster.patch(DeploymentType, 'default', 'r-deployment', 'merge', { spec: { replicas: 7 } });
      throw new ClusterError('Conflict', 'someone else wrote');
    }) as never);
    expect(await activator.raise('default', 'r-deployment', 1)).toBe(false);
    expect(await world.replicas('r')).toBe(7);
  });

  test('tries again after a conflict that left the Deployment at zero', async () => {
    const { world, activator, spy } = await setup(0);
    spy.mockRejectedValueOnce(new ClusterError('Conflict', 'someone else wrote'));
    expect(await activator.raise('default', 'r-deployment', 1)).toBe(true);
    expect(await world.replicas('r')).toBe(1);
  });

  test('of a Deployment that is not there does nothing, and does not fail', async () => {
    const { activator } = await setup(0);
    expect(await activator.raise('default', 'other', 1)).toBe(false);
  });
});

describe('a gateway with requests for a revision at zero', () => {
  test('raises it to its activation scale', async () => {
    const world = new World();
    await world.revision('r', { annotations: { 'autoscaling.knative.dev/activation-scale': '3' } });
    await world.ingress('r', 'r.default.example.com', { r: 100 });
    await world.gateway.start();
    const answers = [1, 2, 3].map(() => world.fetch('r.default.example.com'));
    await world.virtual.settle();
    expect(await world.replicas('r')).toBe(3);
    await world.pod('r', () => new Response('ok'));
    for (const answer of answers) expect((await answer).status).toBe(200);
    await world.gateway.stop();
  });

  test('raises it again if it was scaled to zero before its pod came', async () => {
    const world = new World();
    await world.revision('r');
    await world.ingress('r', 'r.default.example.com', { r: 100 });
    await world.gateway.start();
    const answer = world.fetch('r.default.example.com');
    await world.virtual.settle();
    await world.cluster.patch(DeploymentType, 'default', 'r-deployment', 'merge', { spec: { replicas: 0 } });
    await world.virtual.advance(1000);
    expect(await world.replicas('r')).toBe(1);
    await world.pod('r', () => new Response('ok'));
    expect((await answer).status).toBe(200);
    await world.gateway.stop();
  });

  test('asks for another pod when the only one is deleted with requests waiting for it', async () => {
    const world = new World();
    await world.revision('r', { replicas: 1, containers: [{ image: 'x', startupProbe: { tcpSocket: {} } }] });
    await world.ingress('r', 'r.default.example.com', { r: 100 });
    await world.gateway.start();
    const pod = await world.pod('r', () => new Response('never'), { ready: false });
    const answer = world.fetch('r.default.example.com');
    await world.virtual.advance(2000);
    await world.cluster.patch(DeploymentType, 'default', 'r-deployment', 'merge', { spec: { replicas: 0 } });
    await world.virtual.advance(2000);
    expect(await world.replicas('r')).toBe(0);
    await world.deletePod(pod);
    await world.virtual.settle();
    expect(await world.replicas('r')).toBe(1);
    await world.pod('r', () => new Response('ok'));
    expect(await (await answer).text()).toBe('ok');
    await world.gateway.stop();
  });
});
