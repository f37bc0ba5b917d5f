import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Container, IntOrString, Probe } from '../../api';
import type { PodAddress, RunningContainer } from './container-runtime';
import { checkGrpc } from './grpc-probe';

/** What a probe is asked of. */
export interface ProbeTarget {
  readonly container: Container;
  readonly address: PodAddress;
  readonly running: RunningContainer;
}

/** Asks once. Resolves with undefined if all is well, or with what is wrong, in a kubelet's words. */
export async function checkProbe(probe: Probe, target: ProbeTarget, signal: AbortSignal): Promise<string | undefined> {
  try {
    if (probe.exec) return await checkExec(probe.exec.command ?? [], target.running, signal);
    if (probe.httpGet) return await checkHttp(probe.httpGet, target, signal);
    const { host, port } = where(probe.tcpSocket ?? probe.grpc ?? {}, target);
    return probe.grpc ? await checkGrpc(host, port, probe.grpc.service ?? '', signal) : await checkTcp(host, port, signal);
  } catch (error) {
    return signal.aborted ? 'context deadline exceeded' : String((error as Error).message);
  }
}

/** The real address behind a probe's port: a number, a name, or 0 or nothing for the container's first port. */
function where(at: { readonly port?: IntOrString; readonly host?: string }, { container, address }: ProbeTarget) {
  const ports = container.ports ?? [];
  const named = typeof at.port === 'string' && !/^\d+$/.test(at.port);
  const declared = named ? ports.find((port) => port.name === at.port)?.containerPort : Number(at.port ?? 0);
  if (declared === undefined) throw new Error(`couldn't find port: ${at.port} in container ${container.name}`);
  const port = declared || (ports[0]?.containerPort ?? 0);
  // Another host than the pod's own has ports of its own.
  if (at.host) return { host: at.host, port };
  return { host: address.ip, port: address.ports[String(port)] ?? port };
}

async function checkExec(
  command: readonly string[],
  running: RunningContainer,
  signal: AbortSignal,
): Promise<string | undefined> {
  const exitCode = (await running.exec?.(command, signal)) ?? 0;
  return exitCode === 0 ? undefined : `command ${JSON.stringify(command)} exited with ${exitCode}`;
}

function checkTcp(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (problem: string | undefined) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(problem);
    };
    const onAbort = () => end(`dial tcp ${host}:${port}: i/o timeout`);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => end(`dial tcp ${host}:${port}: ${error.message}`));
    // A port of the ephemeral range on which nobody listens can be connected to itself.
    socket.on('connect', () => end(socket.localPort === port ? `dial tcp ${host}:${port}: connected to itself` : undefined));
  });
}

function checkHttp(get: NonNullable<Probe['httpGet']>, target: ProbeTarget, signal: AbortSignal): Promise<string | undefined> {
  const { host, port } = where(get, target);
  const secure = get.scheme?.toUpperCase() === 'HTTPS';
  const headers: Record<string, string> = { 'user-agent': 'kube-probe/1.34', accept: '*/*', connection: 'close' };
  for (const { name, value } of get.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const path = get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`;
  const options = { host, port, path, headers, signal, agent: false as const, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(options, (response) => {
      const code = response.statusCode ?? 0;
      response.resume();
      request.destroy();
      resolve(code >= 200 && code < 400 ? undefined : `HTTP probe failed with statuscode: ${code}`);
    });
    request.on('error', reject);
    request.end();
  });
}
