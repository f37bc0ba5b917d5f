import { randomBytes } from 'node:crypto';
import { type KubeObject, NamespaceType, type ResourceType, type Stored } from '../../lib/api';
import { RealClock } from '../../lib/base';
import { clusterContract } from '../contract/cluster-contract';
import { adminCluster, describeCluster } from './support';

const clock = new RealClock();

describeCluster('on a real Kubernetes', () => {
  clusterContract('kube-apiserver', async () => {
    const cluster = adminCluster();
    const namespace = `contract-${randomBytes(4).toString('hex')}`;
    const close = async () => {
      await cluster.delete(NamespaceType, undefined, namespace);
      await cluster.close();
    };
    /** As it is once nobody has written to it for a while. */
    const settled = async <T extends KubeObject>(type: ResourceType<T>, object: Stored<T>): Promise<Stored<T>> => {
      for (let last = object; ; ) {
        await clock.sleep(400);
        const now = await cluster.get(type, namespace, object.metadata.name);
        if (!now || now.metadata.resourceVersion === last.metadata.resourceVersion) return now ?? last;
        last = now;
      }
    };
    return { cluster, namespace, settled, close };
  });
});
