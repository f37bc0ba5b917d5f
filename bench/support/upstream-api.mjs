import http from 'node:http';

const KINDS = {
  brokers: 'Broker',
  triggers: 'Trigger',
  eventtypes: 'EventType',
  eventpolicies: 'EventPolicy',
  inmemorychannels: 'InMemoryChannel',
  subscriptions: 'Subscription',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
};
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * As much of a Kubernetes API as Knative's data plane reads: fixed objects to list and watch, by plural; nothing
 * else is there.
 */
export async function startUpstreamApi(objects) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://api');
    const send = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (url.pathname === '/version') return send(200, { major: '1', minor: '34', gitVersion: 'v1.34.4' });
    const { groupVersion, plural, namespace, name } = parts(url.pathname);
    const kind = KINDS[plural];
    if (!kind || request.method !== 'GET') return send(404, status(404, 'NotFound', `${request.method} ${url.pathname}`));
    const all = (objects[plural] ?? []).filter(({ metadata }) => !namespace || metadata.namespace === namespace);
    if (name) {
      const found = all.find(({ metadata }) => metadata.name === name);
      if (found) return send(200, found);
      return send(404, status(404, 'NotFound', `${plural} "${name}" not found`));
    }
    if (url.searchParams.get('watch') !== 'true' && url.searchParams.get('watch') !== '1') {
      return send(200, { apiVersion: groupVersion, kind: `${kind}List`, metadata: { resourceVersion: '1' }, items: all });
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (url.searchParams.get('sendInitialEvents') === 'true') {
      for (const object of all) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
      const metadata = { resourceVersion: '1', annotations: { [INITIAL_EVENTS_END]: 'true' } };
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { apiVersion: groupVersion, kind, metadata } })}\n`);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function parts(pathname) {
  const [root, ...rest] = pathname.split('/').filter(Boolean);
  const groupVersion = root === 'api' ? rest.shift() : `${rest.shift()}/${rest.shift()}`;
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest.splice(0, 2)[1] : undefined;
  const [plural, name] = rest;
  return { groupVersion, namespace, plural, name };
}

const status = (code, reason, message) => ({ apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message });
