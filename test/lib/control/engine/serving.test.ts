import {
  ConfigurationType,
  IngressType,
  K8sServiceType,
  labels,
  RevisionType,
  RouteType,
  ServiceType,
} from '../../../../lib/api';
import { ControlWorld } from '../support/control-world';
import { service, summary } from '../support/objects';

describe('a Service in a cluster in memory', () => {
  it('becomes ready with all its children', async () => {
    const world = await new ControlWorld().start();
    await world.create(ServiceType, service());
    const made = await world.get(ServiceType, 'hello');
    expect(summary(made.status)).toEqual({ ConfigurationsReady: 'True', Ready: 'True', RoutesReady: 'True' });
    expect(made.status).toMatchObject({
      latestCreatedRevisionName: 'hello-00001',
      latestReadyRevisionName: 'hello-00001',
      url: 'http://hello.default.example.com',
      address: { url: 'http://hello.default.svc.cluster.local' },
      traffic: [{ revisionName: 'hello-00001', percent: 100, latestRevision: true }],
      observedGeneration: 1,
    });
    console.log(world.writes, await world.events());
  });
});
