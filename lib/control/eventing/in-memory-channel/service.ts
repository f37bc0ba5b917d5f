import { childName, controllerRef, type InMemoryChannel, type K8sService, type ServingConfig, type Stored } from '../../../api';

/** The Service of the engine that delivers events, which receives for the channels of all namespaces, as upstream has it. */
const DISPATCHER = 'imc-dispatcher.knative-eventing.svc';

export const channelServiceName = (channel: string): string => childName(channel, '-kn-channel');

/** The Service by whose name a channel is reached. */
export function makeChannelService(channel: Stored<InMemoryChannel>, { domain }: ServingConfig): K8sService {
  const { name, namespace } = channel.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: channelServiceName(name),
      namespace,
      labels: { 'messaging.knative.dev/role': 'in-memory-channel' },
      ownerReferences: [controllerRef(channel)],
    },
    spec: {
      type: 'ExternalName',
      externalName: `${DISPATCHER}.${domain.clusterDomain}`,
      ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
    },
  };
}
