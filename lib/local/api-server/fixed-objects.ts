import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { crd, type KubeObject, knativeTypes, type ResourceType, resourceType } from '../../api';
import { timestamp } from '../../base';
import { LOCAL_NODE } from '../cluster';

/** A machine that runs pods; here there is one, this one. */
export const NodeType = resourceType('v1', 'Node', 'nodes', { namespaced: false, shortNames: ['no'] });

/** The definition of a kind. Those of this package are built in; others cannot be added. */
export const CustomResourceDefinitionType = resourceType(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  { namespaced: false, shortNames: ['crd', 'crds'], categories: ['api-extensions'] },
);

/** This machine as a Node. @param now milliseconds since the epoch */
export function localNode(now: number): KubeObject {
  const architecture = arch() === 'x64' ? 'amd64' : arch();
  const labels = {
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': LOCAL_NODE,
    'kubernetes.io/os': platform(),
    'node-role.kubernetes.io/control-plane': '',
  };
  const amounts = { cpu: String(cpus().length), memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: '1000' };
  const time = timestamp(now);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: LOCAL_NODE, labels },
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: hostname() },
      ],
      capacity: amounts,
      allocatable: amounts,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'pods are processes of this machine',
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
      nodeInfo: {
        architecture,
        operatingSystem: platform(),
        kernelVersion: release(),
        osImage: `${platform()} ${release()}`,
        kubeletVersion: 'v1.32.4+knc',
        kubeProxyVersion: '',
        containerRuntimeVersion: `node://${process.version}`,
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  };
}

/** The definitions of Knative's kinds, as an API server shows them once it serves them. */
export function establishedDefinitions(now: number, types: readonly ResourceType[] = knativeTypes): readonly KubeObject[] {
  const time = timestamp(now);
  return types.map((type) => {
    const definition = crd(type);
    const { names } = definition.spec;
    return {
      ...definition,
      status: {
        acceptedNames: { ...names, listKind: `${type.kind}List` },
        storedVersions: [type.version],
        conditions: [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found', time),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', time),
        ],
      },
    };
  });
}

const condition = (type: string, reason: string, message: string, lastTransitionTime: string) => ({
  type,
  status: 'True',
  reason,
  message,
  lastTransitionTime,
});
