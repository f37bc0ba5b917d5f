import { Expectations, reaches } from '../../../../lib/control/engine/expectations';
import { service } from '../support/objects';

describe('reaches', () => {
  it.each([
    ['5', '5', true],
    ['10', '9', true],
    ['9', '10', false],
    ['x', 'x', true],
    ['x', 'y', false],
  ])('%s reaches %s: %s', (version, expected, result) => expect(reaches(version, expected)).toBe(result));
});

describe('Expectations', () => {
  const at = (resourceVersion: string, more = {}) => service('a', { metadata: { resourceVersion, ...more } });

  it('waits until the cache shows the version or a later one', () => {
    const expectations = new Expectations<string>();
    expectations.expect('w', 'id', { version: '7' }, at('6'));
    expect(expectations.waits('w')).toBe(true);
    expect(expectations.observe('id', at('6'))).toEqual([]);
    expect(expectations.observe('id', at('8'))).toEqual(['w']);
    expect(expectations.waits('w')).toBe(false);
  });

  it('does not wait for what the cache shows already', () => {
    const expectations = new Expectations<string>();
    expectations.expect('w', 'id', { version: '7' }, at('7'));
    expectations.expect('w', 'id', { gone: 'uid-service-a' }, undefined);
    expectations.expect('w', 'id', { gone: 'uid-service-a' }, at('1', { deletionTimestamp: 'x' }));
    expectations.expect('w', 'id', { gone: 'somebody' }, at('1'));
    expect(expectations.waits('w')).toBe(false);
  });

  it('waits for all of several, each writer for its own', () => {
    const expectations = new Expectations<string>();
    expectations.expect('w', 'one', { version: '7' }, undefined);
    expectations.expect('w', 'two', { version: '8' }, undefined);
    expectations.expect('v', 'two', { version: '8' }, undefined);
    expect(expectations.observe('two', at('8'))).toEqual(['v']);
    expect(expectations.observe('one', undefined)).toEqual(['w']);
  });

  it('can be given up', () => {
    const expectations = new Expectations<string>();
    expectations.expect('w', 'one', { version: '7' }, undefined);
    expectations.clear('w');
    expect(expectations.waits('w')).toBe(false);
    expect(expectations.observe('one', at('7'))).toEqual([]);
  });
});
