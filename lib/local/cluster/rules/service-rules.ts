import { type K8sService, K8sServiceType } from '../../../api';
import { invalid } from '../refusals';
import { type ClusterIps, ownClusterIp } from './cluster-ips';
import { changed, filled, mapped } from './filled';

/** Fills in a Service as the API server does, its address among the rest: given once, then kept. */
export function serviceDefaults(service: K8sService, old: K8sService | undefined, ips: ClusterIps): K8sService {
  const common = filled(service, { spec: {} }).spec;
  let spec = filled(common, { type: 'ClusterIP', sessionAffinity: 'None' });
  spec = changed(spec, 'ports', (ports) => mapped(ports, (port) => filled(port, { protocol: 'TCP', targetPort: port.port })));
  if (spec.type === 'ExternalName') {
    // The address goes back with the change of type, as in Kubernetes.
    if (old && old.spec.type !== 'ExternalName') {
      const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _f, ipFamilyPolicy: _p, internalTrafficPolicy: _t, ...rest } = spec;
      spec = rest;
    }
  } else {
    const clusterIP = clusterIpFor(service, old, ips);
    spec = filled(spec.clusterIP === clusterIP ? spec : { ...spec, clusterIP, clusterIPs: [clusterIP] }, {
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    });
  }
  const result = spec === service.spec ? service : { ...service, spec };
  return old ? result : { ...result, status: { loadBalancer: {} } };
}

function clusterIpFor(service: K8sService, old: K8sService | undefined, ips: ClusterIps): string {
  const name = service.metadata.name ?? '';
  const before = old?.spec.clusterIP;
  const wanted = service.spec?.clusterIP;
  if (!wanted) return before || ips.pick();
  if (before && wanted !== before) {
    throw invalid(K8sServiceType, name, `spec.clusterIPs[0]: Invalid value: ["${wanted}"]: may not change once set`);
  }
  const asked = before ? undefined : ownClusterIp(service);
  if (asked && ips.isTaken(asked)) {
    const why = `failed to allocate IP ${asked}: provided IP is already allocated`;
    throw invalid(K8sServiceType, name, `spec.clusterIPs: Invalid value: ["${asked}"]: ${why}`);
  }
  return wanted;
}
