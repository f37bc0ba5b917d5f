import { Failures } from '../../../lib/gateway/failure';

const text = (body: unknown) => Buffer.from(body as Uint8Array).toString();

describe('a failure', () => {
  test("is told in upstream's words alone unless failures are explained", () => {
    const why = () => 'because';
    expect(text(new Failures(false).answer(502, 'bad gateway', why).body)).toBe('bad gateway\n');
    expect(text(new Failures(true).answer(502, 'bad gateway', why).body)).toBe('bad gateway: because\n');
  });

  test('says nothing of what else is served, unless failures are explained', () => {
    expect(text(new Failures(false).notFound('a', '/', () => ['b']).body)).toBe('not found\n');
  });

  test('tells a path that is not routed from a host that is not', () => {
    expect(text(new Failures(true).notFound('a', '/x', () => ['a']).body)).toBe('not found: a has no route for path /x\n');
    expect(text(new Failures(true).notFound('a', '/', () => []).body)).toBe(
      'not found: nothing is served as a.\nNo host is known yet.\n',
    );
  });

  test('lists no more hosts than fit a screen', () => {
    const hosts = Array.from({ length: 60 }, (_, i) => `h${i}`);
    const lines = text(new Failures(true).notFound('a', '/', () => hosts).body)
      .trimEnd()
      .split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([53, '  and 10 more']);
  });
});
