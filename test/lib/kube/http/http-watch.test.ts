import { ConfigMapType } from '../../../../lib/api';
import { seededRandom } from '../../../../lib/base';
import { HttpCluster } from '../../../../lib/kube/http';
import { Observer } from '../../../contract/observer';
import { cut, fixedSource, HurriedClock, json, ScriptedServer, status, stream } from './scripted-server';

const object = (name: string, version: number) => ({ metadata: { name, uid: name, resourceVersion: String(version) } });
const added = (name: string, version: number) => ({ type: 'ADDED', object: object(name, version) });
const bookmark = (version: number) => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } });

describe('a watch over HTTP', () => {
  let server: ScriptedServer;
  let cluster: HttpCluster;
  let clock: HurriedClock;
  const open = async (answers: Parameters<typeof ScriptedServer.start>, idleMs?: number) => {
    server = await ScriptedServer.start(...answers);
    clock = new HurriedClock();
    const watch = idleMs === undefined ? {} : { watch: { idleMs } };
    cluster = new HttpCluster({ source: fixedSource(server.url), clock, random: seededRandom(1), ...watch });
  };
  const observe = (resourceVersion?: string) =>
    new Observer(cluster, ConfigMapType, { namespace: 'default', ...(resourceVersion ? { resourceVersion } : {}) });
  afterEach(async () => {
    await cluster.close();
    await server.close();
  });

  test('asks for bookmarks, a time limit, and the version and selection that it was given', async () => {
    await open([stream([added('a', 11)], 'open')]);
    const watch = new Observer(cluster, ConfigMapType, {
      labelSelector: 'a in (b,c)',
      fieldSelector: 'metadata.name=a',
      resourceVersion: '10',
    });
    await watch.see('ADDED', 'a');
    watch.watch.stop();
    const { url } = server.requests[0]!;
    expect(url.pathname).toBe('/api/v1/configmaps');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      labelSelector: 'a in (b,c)',
      fieldSelector: 'metadata.name=a',
    });
    expect(Number(url.searchParams.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
  });

  test.each([
    ['ended by the server in order', 'end'],
    ['broken', 'break'],
  ] as const)('goes on from the last event when the stream is %s', async (_how, end) => {
    await open([stream([added('a', 11), added('b', 12)], end), stream([added('c', 13)], 'open')]);
    const observer = observe('10');
    await observer.see('ADDED', 'c');
    observer.watch.stop();
    expect(server.asked('resourceVersion')).toEqual(['10', '12']);
    expect(observer.seen).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
    expect(clock.slept).toEqual([]);
  });

  test('says each time that a stream is accepted, also if nothing comes of it', async () => {
    const refusal = json(503, status(503, 'ServiceUnavailable', 'not yet'));
    await open([refusal, stream([]), stream([], 'open')]);
    let accepted = 0;
    await new Promise<void>((resolve) => {
      const onAccepted = () => {
        if (++accepted === 2) resolve();
      };
      const watch = cluster.watch(ConfigMapType, { resourceVersion: '10', onAccepted }, () => {});
      void watch.closed.then(() => resolve());
    });
    expect(server.requests).toHaveLength(3);
    await cluster.close();
  });

  test('goes on from the last bookmark', async () => {
    await open([stream([added('a', 11), bookmark(50)]), stream([added('b', 51)], 'open')]);
    const observer = observe('10');
    await observer.see('ADDED', 'b');
    observer.watch.stop();
    expect(server.asked('resourceVersion')).toEqual(['10', '50']);
  });

  test('takes a line that broke off for not sent', async () => {
    const half = JSON.stringify(added('b', 12)).slice(0, 40);
    await open([
      (_request, response) => {
        response.writeHead(200);
        response.end(`${JSON.stringify(added('a', 11))}\n${half}`);
      },
      stream([added('b', 12)], 'open'),
    ]);
    const observer = observe('10');
    await observer.see('ADDED', 'b');
    observer.watch.stop();
    expect(observer.seen).toEqual(['ADDED a', 'ADDED b']);
    expect(server.asked('resourceVersion')).toEqual(['10', '11']);
  });

  test('without a version lists, tells what exists and where that was, and watches from there', async () => {
    const list = { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: [object('a', 3)] };
    await open([json(200, list), stream([added('b', 8)], 'open')]);
    const observer = observe();
    await observer.see('ADDED', 'b');
    observer.watch.stop();
    expect(observer.events.map((event) => (event.type === 'BOOKMARK' ? event : event.object))).toMatchObject([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      { type: 'BOOKMARK', resourceVersion: '7' },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } },
    ]);
    expect(server.asked('resourceVersion')).toEqual([null, '7']);
  });

  test.each([
    ['as a response', json(410, status(410, 'Expired', 'too old resource version: 10 (20)'))],
    ['in the stream', stream([{ type: 'ERROR', object: status(410, 'Expired', 'too old resource version: 10 (20)') }])],
    [
      'by a server that calls it Gone',
      stream([{ type: 'ERROR', object: status(410, 'Gone', 'too old resource version: 10 (20)') }]),
    ],
  ])('closes with Expired when the version is forgotten, %s', async (_how, answer) => {
    await open([answer]);
    expect(await observe('10').watch.closed).toMatchObject({ reason: 'Expired', message: 'too old resource version: 10 (20)' });
    expect(server.requests).toHaveLength(1);
  });

  test('closes with Expired when the server is behind the version: it was restored from an older state', async () => {
    const details = {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    };
    await open([json(504, status(504, 'Timeout', 'Too large resource version: 10, current: 3', { details }))]);
    expect(await observe('10').watch.closed).toMatchObject({ reason: 'Expired' });
  });

  test.each([
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [401, 'Unauthorized'],
  ])('closes when it is refused: %d %s', async (code, reason) => {
    await open([json(code, status(code, reason, 'no'))]);
    expect(await observe('10').watch.closed).toMatchObject({ reason });
  });

  test('waits as long as the server asks when it is busy, and goes on', async () => {
    await open([
      json(429, status(429, 'TooManyRequests', 'later'), { 'retry-after': '3' }),
      json(503, 'unavailable', { 'retry-after': '2' }),
      stream([added('a', 11)], 'open'),
    ]);
    const observer = observe('10');
    await observer.see('ADDED', 'a');
    observer.watch.stop();
    expect(clock.slept).toEqual([3000, 2000]);
  });

  test('waits longer and longer, by chance as well, while nothing comes of trying', async () => {
    const fails = Array.from({ length: 9 }, () => cut);
    await open([...fails, stream([added('a', 11)], 'open')] as unknown as Parameters<typeof ScriptedServer.start>);
    const observer = observe('10');
    await observer.see('ADDED', 'a');
    observer.watch.stop();
    expect(clock.slept).toHaveLength(9);
    for (const [i, ms] of clock.slept.entries()) {
      const full = Math.min(30_000, 200 * 2 ** i);
      expect(ms).toBeGreaterThanOrEqual(full / 2);
      expect(ms).toBeLessThanOrEqual(full);
    }
  });

  test('tries on while nobody listens, and goes on when somebody does', async () => {
    await open([stream([added('a', 11)], 'end')]);
    const port = Number(new URL(server.url).port);
    const observer = observe('10');
    await observer.see('ADDED', 'a');
    await server.close();
    while (clock.slept.length < 3) await new Promise((resolve) => setImmediate(resolve));
    server = await ScriptedServer.startAt(port, stream([added('b', 12)], 'open'));
    await observer.see('ADDED', 'b');
    observer.watch.stop();
    expect(server.asked('resourceVersion')).toEqual(['11']);
    expect(observer.seen).toEqual(['ADDED a', 'ADDED b']);
  });

  test('takes a stream for dead on which nothing has come for long, and begins another', async () => {
    await open([stream([added('a', 11)], 'open'), stream([added('b', 12)], 'open')], 400);
    const observer = observe('10');
    await observer.see('ADDED', 'b');
    observer.watch.stop();
    expect(server.asked('resourceVersion').slice(0, 2)).toEqual(['10', '11']);
  });

  test('takes a server for dead that takes the request and never answers', async () => {
    await open([() => {}, stream([added('a', 11)], 'open')], 50);
    const observer = observe('10');
    await observer.see('ADDED', 'a');
    observer.watch.stop();
    expect(server.requests.length).toBeGreaterThanOrEqual(2);
  });

  test('closes without a reason when it is stopped, whatever it is doing', async () => {
    await open([() => {}]);
    const silent = observe('10');
    const listing = observe();
    silent.watch.stop();
    listing.watch.stop();
    expect(await silent.watch.closed).toBeUndefined();
    expect(await listing.watch.closed).toBeUndefined();
  });

  test('tells nothing more once it is stopped from within an event', async () => {
    await open([stream([added('a', 11), added('b', 12)], 'open')]);
    const seen: string[] = [];
    const watch = cluster.watch(ConfigMapType, { resourceVersion: '10' }, (event) => {
      seen.push(event.type);
      watch.stop();
    });
    expect(await watch.closed).toBeUndefined();
    expect(seen).toEqual(['ADDED']);
  });

  test('closes with InternalError when whoever listens does not cope', async () => {
    await open([stream([added('a', 11)], 'open')]);
    const watch = cluster.watch(ConfigMapType, { resourceVersion: '10' }, () => {
      throw new Error('no');
    });
    expect(await watch.closed).toMatchObject({ reason: 'InternalError', message: 'watch handler failed: no' });
  });
});
