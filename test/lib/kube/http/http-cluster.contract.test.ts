import { clusterContract } from '../../../contract/cluster-contract';
import { LocalServer } from './local-server';

clusterContract('MemoryCluster over HTTP', async () => {
  const server = await LocalServer.start();
  return { cluster: server.client(), namespace: 'contract', close: () => server.close() };
});
