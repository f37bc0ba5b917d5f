import http from 'node:http';
import { MetricsServer, PrometheusMetrics } from '../../../../lib/roles/metrics';

let server: MetricsServer;
beforeAll(async () => {
  const metrics = new PrometheusMetrics();
  metrics.counter('a_total', 'A.', []).add({});
  server = await MetricsServer.listen(metrics, 0);
});
afterAll(() => server.close());

function ask(path: string, options: http.RequestOptions = {}): Promise<{ status?: number; type?: string; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(path, server.url), options, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode!, type: response.headers['content-type']!, text });
    });
    request.on('error', reject).end();
  });
}

test('metrics are shown in the text format of Prometheus', async () => {
  expect(await ask('/metrics')).toEqual({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    text: '# HELP a_total A.\n# TYPE a_total counter\na_total 1\n',
  });
});

test('nothing else is there, and nothing can be written', async () => {
  expect(await ask('/')).toMatchObject({ status: 404, text: 'not found: metrics are at /metrics\n' });
  expect(await ask('/metrics', { method: 'POST' })).toMatchObject({ status: 405 });
});

test('a page in a browser that gave its own name this address gets nothing', async () => {
  expect(await ask('/metrics', { headers: { host: 'evil.example.com' } })).toMatchObject({ status: 403 });
  expect(await ask('/metrics', { headers: { host: 'localhost:9090' } })).toMatchObject({ status: 200 });
});

test('it listens on loopback alone, and a port that is taken is named', async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const { port } = new URL(server.url);
  await expect(MetricsServer.listen(new PrometheusMetrics(), Number(port))).rejects.toMatchObject({
    code: 'KNC4005',
    message: `port ${port}, for metrics, cannot be had: EADDRINUSE`,
    remedy: expect.stringContaining('--metrics-port'),
  });
});

test('in a pod it is read by whatever name the pod has', async () => {
  const anywhere = await MetricsServer.listen(new PrometheusMetrics(), 0, { anywhere: true });
  const url = `http://127.0.0.1:${anywhere.port}/metrics`;
  const status = await new Promise((resolve, reject) => {
    http
      .get(url, { headers: { host: '10.244.0.7:9090' } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject);
  });
  expect(status).toBe(200);
  await anywhere.close();
});
