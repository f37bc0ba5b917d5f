/**
 * Loaded into Node programs before their own code (`--require`): makes names of the cluster work in a process that has no
 * cluster DNS. `*.svc`, `*.svc.cluster.local` and `<name>.<namespace>` resolve to 127.0.0.1, and connections to their port 80
 * go to the gateway at KNC_INTERNAL_GATEWAY (`host:port`), which routes by the Host header. Depends on nothing.
 */
import dns from 'node:dns';
import net from 'node:net';

const [gatewayHost, gatewayPort] = splitAddress(process.env['KNC_INTERNAL_GATEWAY'] ?? '');
const namespaces = new Set((process.env['KNC_NAMESPACES'] ?? '').split(',').filter(Boolean));

function splitAddress(address: string): [string, number] {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, Math.max(colon, 0)), Number(address.slice(colon + 1))];
}

function isClusterName(host: unknown): boolean {
  if (typeof host !== 'string') return false;
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name.endsWith('.svc') || name.endsWith('.svc.cluster.local')) return true;
  const [, namespace, ...rest] = name.split('.');
  return namespace !== undefined && rest.length === 0 && namespaces.has(namespace);
}

interface ConnectOptions {
  host?: string;
  port?: number | string;
}

/** The same options with the gateway for a destination of the cluster; others as they are. */
function viaGateway(options: ConnectOptions): ConnectOptions {
  if (Number(options.port) !== 80 || !isClusterName(options.host)) return options;
  return { ...options, host: gatewayHost, port: gatewayPort };
}

/** Every TCP connection of Node goes through Socket.connect: http, undici's fetch and net alike. */
function patchConnect(): void {
  const original = net.Socket.prototype.connect as (this: net.Socket, ...args: unknown[]) => net.Socket;
  function connect(this: net.Socket, ...args: unknown[]): net.Socket {
    const [first, second] = args;
    if (Array.isArray(first) && typeof first[0] === 'object') {
      // Arguments that net has already taken apart: an array that carries a private mark, so it is changed in place.
      first[0] = viaGateway(first[0] as ConnectOptions);
    } else if (typeof first === 'object' && first !== null && !Array.isArray(first)) {
      args[0] = viaGateway(first as ConnectOptions);
    } else if (typeof second === 'string') {
      const to = viaGateway({ port: first as number, host: second });
      args[0] = to.port;
      args[1] = to.host;
    }
    return original.apply(this, args);
  }
  net.Socket.prototype.connect = connect as typeof net.Socket.prototype.connect;
}

type LookupOptions = { readonly all?: boolean };
type LookupCallback = (error: null, address: unknown, family?: number) => void;

function patchLookup(): void {
  const original = dns.lookup as unknown as (...args: unknown[]) => unknown;
  const lookup = (...args: unknown[]): unknown => {
    if (!isClusterName(args[0])) return original(...args);
    const callback = args.at(-1) as LookupCallback;
    const all = (args[1] as LookupOptions | undefined)?.all;
    process.nextTick(() => {
      if (all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    });
    return {};
  };
  Object.assign(dns, { lookup: Object.assign(lookup, original) });
  const promised = dns.promises.lookup as unknown as (...args: unknown[]) => Promise<unknown>;
  const lookupPromise = async (...args: unknown[]): Promise<unknown> => {
    if (!isClusterName(args[0])) return promised(...args);
    const found = { address: '127.0.0.1', family: 4 };
    return (args[1] as LookupOptions | undefined)?.all ? [found] : found;
  };
  Object.assign(dns.promises, { lookup: lookupPromise });
}

if (gatewayPort > 0) {
  patchConnect();
  patchLookup();
}
