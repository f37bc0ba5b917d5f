import { DeploymentType, type Event, EventType, PodType } from '../../../../lib/api';
import { ClusterError } from '../../../../lib/kube';
import { deployment } from '../../../contract/objects';
import { World } from './world';

let world: World;
afterEach(() => world.kubernetes.stop());

async function open(options: ConstructorParameters<typeof World>[0] = {}): Promise<void> {
  world = await new World(options).start();
  world.autoRun();
}

const create = async (replicas: number) => {
  await world.cluster.create(DeploymentType, deployment('default', 'hello', replicas));
  await world.settle();
};

/** `Normal ScalingReplicaSet Deployment/hello deployment-controller: …`, names of sets and pods left out. */
async function told(): Promise<string[]> {
  const { items } = await world.cluster.list<Event>(EventType);
  return items.map(({ type, reason, involvedObject, source, message, count }) => {
    const text = message?.replace(/hello-[a-z0-9]+(-[a-z0-9]{5})?/g, (_all, pod) => (pod ? 'POD' : 'SET'));
    return `${type} ${reason} ${involvedObject.kind} ${source?.component}: ${text}${count === 1 ? '' : ` (${count})`}`;
  });
}

test('scaling is told of the Deployment, and each pod of its ReplicaSet, as kubectl describe shows them', async () => {
  await open();
  await create(1);
  await world.scale(0);
  await world.settle();
  expect((await told()).sort()).toEqual([
    'Normal ScalingReplicaSet Deployment deployment-controller: Scaled down replica set SET from 1 to 0',
    'Normal ScalingReplicaSet Deployment deployment-controller: Scaled up replica set SET from 0 to 1',
    'Normal SuccessfulCreate ReplicaSet replicaset-controller: Created pod: POD',
    'Normal SuccessfulDelete ReplicaSet replicaset-controller: Deleted pod: POD',
  ]);
});

test('a pod that is refused is a warning, counted when it is refused again', async () => {
  await open({
    admission: (object) => {
      if (object.kind === PodType.kind) throw new ClusterError('Forbidden', 'no pods today');
      return object;
    },
  });
  await create(1);
  await world.clock.advance(12);
  expect((await told()).sort()).toEqual([
    'Normal ScalingReplicaSet Deployment deployment-controller: Scaled up replica set SET from 0 to 1',
    'Warning FailedCreate ReplicaSet replicaset-controller: Error creating: no pods today (3)',
  ]);
});

test('a Deployment of no pods has nothing to tell', async () => {
  await open();
  await create(0);
  expect(await told()).toEqual([]);
});
