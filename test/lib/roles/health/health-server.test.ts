import http from 'node:http';
import { HealthServer } from '../../../../lib/roles/health';

let dead: readonly string[] = [];
let missing: readonly string[] = [];
let server: HealthServer;
beforeAll(async () => {
  server = await HealthServer.listen({ live: async () => dead, ready: () => missing }, 0, '127.0.0.1');
});
afterAll(() => server.close());
beforeEach(() => {
  dead = [];
  missing = [];
});

function ask(path: string, method = 'GET'): Promise<{ status?: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: server.port, path, method, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode!, text });
    });
    request.on('error', reject).end();
  });
}

test.each(['/healthz', '/readyz', '/readyz?verbose'])('%s is ok when nothing is missing', async (path) => {
  expect(await ask(path)).toEqual({ status: 200, text: 'ok\n' });
});

test('what is missing is told, a line each', async () => {
  missing = ['settings: not read yet', 'events: not open yet'];
  expect(await ask('/readyz')).toEqual({ status: 503, text: 'settings: not read yet\nevents: not open yet\n' });
  expect(await ask('/healthz')).toEqual({ status: 200, text: 'ok\n' });
});

test('a process that should be started anew may be ready for all that', async () => {
  dead = ['nothing was heard of Pod'];
  expect(await ask('/healthz')).toEqual({ status: 503, text: 'nothing was heard of Pod\n' });
  expect(await ask('/readyz')).toEqual({ status: 200, text: 'ok\n' });
});

test('there is nothing else, and nothing can be written', async () => {
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/readyz', 'POST')).status).toBe(405);
});

test('a port that is taken is named, with the option', async () => {
  await expect(HealthServer.listen({ live: async () => [], ready: () => [] }, server.port, '127.0.0.1')).rejects.toMatchObject({
    code: 'KNC4005',
    message: expect.stringContaining(String(server.port)),
    remedy: expect.stringContaining('--health-port'),
  });
});
