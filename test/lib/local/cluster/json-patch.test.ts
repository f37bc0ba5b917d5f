import { jsonPatch } from '../../../../lib/local/cluster/json-patch';

describe('jsonPatch', () => {
  // The examples of RFC 6902, appendix A.
  test.each<[string, unknown, unknown, unknown]>([
    ['adds a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    ['adds an element', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    ['removes a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['removes an element', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    ['replaces', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    ['moves a member', { a: { b: 1, c: 2 }, d: {} }, [{ op: 'move', from: '/a/b', path: '/d/e' }], { a: { c: 2 }, d: { e: 1 } }],
    [
      'moves an element',
      { foo: ['a', 'b', 'c', 'd'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['a', 'c', 'd', 'b'] },
    ],
    ['copies', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    ['tests', { baz: 'qux', foo: ['a', 2] }, [{ op: 'test', path: '/foo/1', value: 2 }], { baz: 'qux', foo: ['a', 2] }],
    ['adds to the end', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc'] }], { foo: ['bar', ['abc']] }],
    ['unescapes', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  ])('%s', (_what, document, patch, expected) => {
    const before = structuredClone(document);
    expect(jsonPatch(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });

  test.each<[string, unknown, string]>([
    ['a member that is not there', [{ op: 'remove', path: '/none' }], 'path /none does not exist'],
    ['a place in what is not there', [{ op: 'add', path: '/none/x', value: 1 }], 'path /none/x does not exist'],
    ['an element beyond the end', [{ op: 'add', path: '/list/3', value: 1 }], 'path /list/3 does not exist'],
    ['an index with a leading zero', [{ op: 'replace', path: '/list/01', value: 1 }], 'path /list/01 does not exist'],
    ['a test that does not hold', [{ op: 'test', path: '/list', value: [] }], 'testing value /list failed'],
    ['an unknown operation', [{ op: 'spam', path: '/list' }], 'unexpected kind: spam'],
    ['a path that does not begin with a slash', [{ op: 'add', path: 'list', value: 1 }], 'invalid path'],
    ['a move into itself', [{ op: 'move', from: '/map', path: '/map/x' }], 'cannot move /map into itself'],
    ['what is no list', { op: 'add' }, 'a list of operations'],
    ['inherited members', [{ op: 'remove', path: '/constructor' }], 'does not exist'],
  ])('refuses %s', (_what, patch, message) => {
    expect(() => jsonPatch({ list: ['a'], map: {} }, patch)).toThrow(message);
  });
});
