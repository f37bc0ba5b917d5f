import { Readable } from 'node:stream';
import { CountingExecutor } from '../../../../lib/base';
import { Cancellation, FunctionTransport } from '../../../../lib/gateway';

const TARGET = { host: 'fd00::1', port: 8080, protocol: 'http1' } as const;
const request = (more: object = {}) => ({
  method: 'GET',
  target: '/p?q=1',
  headers: ['Host', 'h.example.com', 'X-A', '1'],
  body: null,
  ...more,
});

describe('the transport to functions', () => {
  const executor = new CountingExecutor(() => {});

  test('calls the function at the address with the request as a fetch Request', async () => {
    const transport = new FunctionTransport(async (host, port, { url, headers, method }) => {
      return new Response(`${host} ${port} ${method} ${url} ${headers.get('x-a')}`, { headers: { 'X-B': '2' } });
    }, executor);
    const { status, headers, body } = await transport.send(TARGET, request(), new Cancellation());
    expect([status, headers[headers.indexOf('x-b') + 1]]).toEqual([200, '2']);
    expect(String(Buffer.concat(await (body as Readable).toArray()))).toBe('fd00::1 8080 GET http://h.example.com/p?q=1 1');
  });

  test('streams the body', async () => {
    const transport = new FunctionTransport(async (_host, _port, { body }) => new Response(body), executor);
    const { body } = await transport.send(
      TARGET,
      request({ method: 'POST', body: Readable.from(['a', 'b']) }),
      new Cancellation(),
    );
    expect(String(Buffer.concat(await (body as Readable).toArray()))).toBe('ab');
  });

  test.each([
    ['ECONNREFUSED', 'before-write'],
    ['ECONNRESET', 'after-write'],
  ])('tells %s as a failure %s', async (code, phase) => {
    const transport = new FunctionTransport(() => Promise.reject(Object.assign(new Error('x'), { code })), executor);
    await expect(transport.send(TARGET, request(), new Cancellation())).rejects.toMatchObject({ phase });
  });

  test('gives a call up with its signal, and lets the function know', async () => {
    let signal: AbortSignal | undefined;
    const transport = new FunctionTransport((_host, _port, asked) => {
      signal = asked.signal;
      return new Promise(() => {});
    }, executor);
    const cancellation = new Cancellation();
    const answer = transport.send(TARGET, request(), cancellation);
    cancellation.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    expect(signal?.aborted).toBe(true);
  });

  test('is ready where a function listens', async () => {
    const transport = new FunctionTransport(
      async () => new Response(),
      executor,
      (_host, port) => port === 8080,
    );
    expect(await transport.probe(TARGET, { kind: 'tcp' })).toBe(true);
    expect(await transport.probe({ ...TARGET, port: 1 }, { kind: 'tcp' })).toBe(false);
  });
});
