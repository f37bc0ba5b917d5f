import type { Inbound } from '../../../lib/gateway';
import { forwardedHeaders, type HeaderRules } from '../../../lib/gateway/forward-headers';

const inbound = (headers: string[], more: Partial<Inbound> = {}): Inbound => ({
  method: 'GET',
  target: '/',
  host: 'hello.default.example.com',
  headers,
  body: null,
  visibility: 'external',
  peer: { address: '192.0.2.7', trusted: false },
  signal: new AbortController().signal,
  ...more,
});

const rules = (setHeaders: string[] = [], more: Partial<HeaderRules> = {}): HeaderRules => ({
  host: 'hello.default.example.com',
  originalHost: undefined,
  setHeaders,
  setNames: new Set(setHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())),
  toRevision: true,
  ...more,
});

const asMap = (headers: string[]) => {
  const map = new Map<string, string[]>();
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    map.set(name, [...(map.get(name) ?? []), headers[i + 1]!]);
  }
  return map;
};

const TRUSTED = { peer: { address: '192.0.2.7', trusted: true } };

describe('the headers of a forwarded request', () => {
  test('keep order, repetition and case of end-to-end fields', () => {
    const sent = ['X-B', '1', 'x-a', '2', 'X-B', '3'];
    expect(forwardedHeaders(inbound(sent), rules()).slice(2, 8)).toEqual(sent);
  });

  test.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'Proxy-Authorization',
    'Transfer-Encoding',
    'Upgrade',
    'Trailer',
    'Expect',
  ])('leave out %s', (name) => {
    expect(asMap(forwardedHeaders(inbound([name, 'x']), rules())).has(name.toLowerCase())).toBe(false);
  });

  test('leave out what Connection names', () => {
    const map = asMap(forwardedHeaders(inbound(['Connection', 'close, X-Private', 'X-Private', '1', 'X-Public', '2']), rules()));
    expect([map.has('x-private'), map.get('x-public')]).toEqual([false, ['2']]);
  });

  test('keep TE: trailers, which gRPC asks for, and no other TE', () => {
    expect(asMap(forwardedHeaders(inbound(['TE', 'trailers']), rules())).get('te')).toEqual(['trailers']);
    expect(asMap(forwardedHeaders(inbound(['TE', 'gzip']), rules())).has('te')).toBe(false);
  });

  test('say who asked, and nothing that a stranger says of it', () => {
    const lies = [
      'X-Forwarded-For',
      '10.0.0.1',
      'X-Forwarded-Proto',
      'https',
      'X-Forwarded-Host',
      'evil',
      'Forwarded',
      'for=evil',
    ];
    const map = asMap(forwardedHeaders(inbound(lies), rules()));
    expect(map.get('x-forwarded-for')).toEqual(['192.0.2.7']);
    expect(map.get('x-forwarded-proto')).toEqual(['http']);
    expect(map.get('x-forwarded-host')).toEqual(['hello.default.example.com']);
    expect(map.get('forwarded')).toEqual(['for=192.0.2.7;host=hello.default.example.com;proto=http']);
  });

  test('go on from what a trusted peer says', () => {
    const said = ['X-Forwarded-For', '203.0.113.9', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'www.example.org'];
    const map = asMap(forwardedHeaders(inbound(said, TRUSTED), rules()));
    expect(map.get('x-forwarded-for')).toEqual(['203.0.113.9, 192.0.2.7']);
    expect(map.get('x-forwarded-proto')).toEqual(['https']);
    expect(map.get('x-forwarded-host')).toEqual(['www.example.org']);
    expect(map.get('forwarded')).toEqual(['for=203.0.113.9;host=www.example.org;proto=https, for=192.0.2.7']);
  });

  test('go on from all that a trusted peer says: what its client forged stands before what it says itself', () => {
    const forged = ['X-Forwarded-For', '10.0.0.1', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'evil'];
    const added = ['x-forwarded-for', '203.0.113.9', 'x-forwarded-proto', 'http', 'x-forwarded-host', 'www.example.org'];
    const map = asMap(forwardedHeaders(inbound([...forged, ...added, 'X-Forwarded-Port', '80'], TRUSTED), rules()));
    expect(map.get('x-forwarded-for')).toEqual(['10.0.0.1, 203.0.113.9, 192.0.2.7']);
    expect(map.get('x-forwarded-proto')).toEqual(['http']);
    expect(map.get('x-forwarded-host')).toEqual(['www.example.org']);
    expect(map.get('x-forwarded-port')).toEqual(['80']);
    expect(map.get('forwarded')).toEqual(['for=10.0.0.1;host=www.example.org;proto=http, for=203.0.113.9, for=192.0.2.7']);
  });

  test('take the last of what stands on one line, too, and what is so where nothing is said', () => {
    const said = (proto: string) =>
      asMap(forwardedHeaders(inbound(['X-Forwarded-Proto', proto], TRUSTED), rules())).get('x-forwarded-proto');
    expect(['https, http', 'http,https', '', 'https, '].map(said)).toEqual([['http'], ['https'], ['http'], ['http']]);
  });

  test('tell by Forwarded the same as by X-Forwarded-For, whatever a trusted peer passes on of the former', () => {
    const said = ['Forwarded', 'for=evil', 'X-Forwarded-For', '203.0.113.9:4711, [2001:db8::1]:80, 2001:db8::2'];
    expect(asMap(forwardedHeaders(inbound(said, TRUSTED), rules())).get('forwarded')).toEqual([
      'for="203.0.113.9:4711";host=hello.default.example.com;proto=http, for="[2001:db8::1]:80", for="[2001:db8::2]", for=192.0.2.7',
    ]);
  });

  test('add a trusted peer to its Forwarded fields', () => {
    const said = ['Forwarded', 'for=a;proto=https', 'Forwarded', 'for=b'];
    const map = asMap(forwardedHeaders(inbound(said, TRUSTED), rules()));
    expect(map.get('forwarded')).toEqual(['for=a;proto=https, for=b, for=192.0.2.7']);
  });

  test('write addresses and ports as RFC 7239 wants them', () => {
    const request = inbound([], { host: 'h.example.com:8080', peer: { address: '2001:db8::1', trusted: false } });
    expect(asMap(forwardedHeaders(request, rules())).get('forwarded')).toEqual([
      'for="[2001:db8::1]";host="h.example.com:8080";proto=http',
    ]);
  });

  test.each(['Knative-Serving-Tag', 'K-Original-Host', 'Kn-Anything'])('leave out %s of a public client', (name) => {
    const has = (more: Partial<Inbound>) => asMap(forwardedHeaders(inbound([name, 'x'], more), rules())).has(name.toLowerCase());
    expect(has({})).toBe(false);
    // It passes on what its clients say.
    expect(has(TRUSTED)).toBe(false);
    expect(has({ visibility: 'internal' })).toBe(true);
  });

  test("set the route's fields in place of the client's own", () => {
    const map = asMap(forwardedHeaders(inbound(['x-foo', 'client', 'X-Foo', 'again']), rules(['X-Foo', 'route'])));
    expect(map.get('x-foo')).toEqual(['route']);
  });

  test('name the revision to services, not to the revision itself', () => {
    const set = ['Knative-Serving-Namespace', 'default', 'Knative-Serving-Revision', 'r', 'Knative-Serving-Tag', 't'];
    const toRevision = asMap(forwardedHeaders(inbound([]), rules(set)));
    expect([...toRevision.keys()].filter((name) => name.startsWith('knative'))).toEqual(['knative-serving-tag']);
    const toService = asMap(forwardedHeaders(inbound([]), rules(set, { toRevision: false })));
    expect(toService.get('knative-serving-revision')).toEqual(['r']);
  });

  test('name the original host to services whose Host is another, not to a revision, which sees it as its Host', () => {
    const original = (toRevision: boolean) =>
      asMap(forwardedHeaders(inbound([]), rules(['K-Original-Host', 'shop.example.com'], { toRevision }))).get('k-original-host');
    expect([original(true), original(false)]).toEqual([undefined, ['shop.example.com']]);
  });

  test('carry the host that was asked for where another is sent', () => {
    const map = asMap(forwardedHeaders(inbound(['Host', 'a']), rules([], { host: 'b', originalHost: 'a', toRevision: false })));
    expect([map.get('host'), map.get('k-original-host')]).toEqual([['b'], ['a']]);
  });

  test.each([[{}], [{ visibility: 'internal' as const }], [{ ...TRUSTED, visibility: 'internal' as const }]])(
    'name no revision but the one that the route names, whoever sends them: %j',
    (more) => {
      const forged = inbound(['Knative-Serving-Revision', 'forged', 'knative-serving-namespace', 'forged', 'X-A', '1'], more);
      const set = asMap(forwardedHeaders(forged, rules(['Knative-Serving-Revision', 'ours'], { toRevision: false })));
      expect([set.get('knative-serving-revision'), set.has('knative-serving-namespace'), set.get('x-a')]).toEqual([
        ['ours'],
        false,
        ['1'],
      ]);
      expect(asMap(forwardedHeaders(forged, rules())).has('knative-serving-revision')).toBe(false);
    },
  );
});
