import type { Container, Pod, Stored } from '../../../api';
import type { PodAddress, PodNetwork } from '../container-runtime';
import { FreePorts } from './free-ports';

/** The machine's own network: every pod is 127.0.0.1, with a free port for each container port that it declares. */
export class HostNetwork implements PodNetwork {
  constructor(private readonly free: FreePorts = new FreePorts()) {}

  async open(pod: Stored<Pod>): Promise<PodAddress> {
    const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
    const declared = new Set(containers.flatMap(declaredPorts));
    const taken = await Promise.all([...declared].map(async (port) => [port, await this.free.take()] as const));
    return { ip: '127.0.0.1', ports: Object.fromEntries(taken) };
  }

  /** A port that somebody took between our choice and the container's listening is replaced. */
  async renew(address: PodAddress, container: Container): Promise<PodAddress> {
    const ports: Record<string, number> = { ...address.ports };
    for (const declared of declaredPorts(container)) {
      const real = ports[declared];
      if (real === undefined || !(await this.free.lost(real))) continue;
      this.free.release(real);
      ports[declared] = await this.free.take();
    }
    return { ...address, ports };
  }

  release(address: PodAddress): void {
    for (const port of Object.values(address.ports)) this.free.release(port);
  }
}

function declaredPorts(container: Container): string[] {
  return (container.ports ?? []).flatMap((port) => (port.containerPort ? [String(port.containerPort)] : []));
}
