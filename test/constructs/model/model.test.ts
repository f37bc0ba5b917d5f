import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import {
  contentHash,
  durationSeconds,
  durationText,
  type EnvValue,
  envVars,
  fillPercent,
  findingLine,
  isRevisionLike,
  Probe,
  plainValue,
  quantity,
  volumeName,
} from '../../../constructs/model';

describe('durations', () => {
  test.each([
    ['30s', '30s', 30],
    ['1m30s', '1m30s', 90],
    ['1500ms', '1500ms', 1.5],
    [Duration.seconds(90), '1m30s', 90],
    [Duration.millis(250), '250ms', 0.25],
    [Duration.hours(1), '1h0m0s', 3600],
  ])('%s', (input, text, seconds) => {
    expect(durationText(input)).toBe(text);
    expect(durationSeconds(input)).toBe(seconds);
  });

  test('text that is no duration passes through, for validation to name', () => {
    expect(durationText('soon')).toBe('soon');
    expect(durationSeconds('soon')).toBe('soon');
  });
});

describe('environment', () => {
  test('keeps the order given and leaves out what is undefined', () => {
    const env = { Z: '1', A: '$(Z)', GONE: undefined } as unknown as Record<string, EnvValue>;
    expect(envVars(env)).toEqual([
      { name: 'Z', value: '1' },
      { name: 'A', value: '$(Z)' },
    ]);
  });
});

describe('percentages', () => {
  const targets = fc.array(fc.record({ percent: fc.option(fc.nat(100), { nil: undefined }) }), { minLength: 1, maxLength: 6 });

  test('what is given stays, the first gap takes what is left, others nothing', () => {
    fc.assert(
      fc.property(targets, (list) => {
        const filled = fillPercent(list);
        const given = list.reduce((sum, { percent }) => sum + (percent ?? 0), 0);
        const gap = list.findIndex(({ percent }) => percent === undefined);
        expect(filled).toHaveLength(list.length);
        list.forEach(({ percent }, i) => {
          expect(filled[i]).toBe(percent ?? (i === gap ? Math.max(0, 100 - given) : 0));
        });
        if (gap >= 0 && given <= 100) expect(filled.reduce((a, b) => a + b, 0)).toBe(100);
      }),
    );
  });
});

describe('content hash', () => {
  const spec = { containers: [{ image: 'x', env: [{ name: 'A', value: '1' }] }] };

  test('does not depend on the order of keys, undefined members or the revision’s name', () => {
    const hash = contentHash({ metadata: { labels: { a: '1', b: '2' } }, spec });
    expect(contentHash({ spec, metadata: { name: 'n', labels: { b: '2', a: '1' }, annotations: undefined } })).toBe(hash);
  });

  test('is the same with metadata that is empty and with none', () => {
    expect(contentHash({ metadata: { name: 'n' }, spec })).toBe(contentHash({ spec }));
  });

  test('depends on the order of lists', () => {
    const two = (...names: string[]) => contentHash({ spec: { containers: [{ image: 'x', args: names }] } });
    expect(two('a', 'b')).not.toBe(two('b', 'a'));
  });
});

describe('small values', () => {
  test.each([
    ['/etc/shop', 'etc-shop'],
    ['/Data/My Files/', 'data-my-files'],
    ['/', 'root'],
    [`/${'long/'.repeat(20)}`, 'long-long-long-long-long-long-long-long-long-long-long-long-lo'],
  ])('a volume mounted at %s is named %s', (mountPath, name) => {
    expect(volumeName({ mountPath })).toBe(name);
  });

  test('quantities', () => {
    expect([quantity('100m'), quantity(2), quantity({ amount: '1' }), quantity({ asString: () => '1Gi' })]).toEqual([
      '100m',
      '2',
      '1',
      '1Gi',
    ]);
  });

  test('number-or-string classes become plain, other class instances stay', () => {
    class IntOrString {
      constructor(readonly value: number | string) {}
    }
    const date = new Date(0);
    expect(plainValue({ a: [new IntOrString(1), { b: new IntOrString('x') }], date })).toEqual({ a: [1, { b: 'x' }], date });
  });

  test('probes are plain objects with the names of Kubernetes', () => {
    expect(Probe.httpGet('/', { port: 'http1', timeoutSeconds: 2 })).toEqual({
      httpGet: { path: '/', port: 'http1' },
      timeoutSeconds: 2,
    });
    expect(Probe.tcp()).toEqual({ tcpSocket: {} });
    expect(Probe.grpc({ port: 1, service: 's', periodSeconds: 3 })).toEqual({
      grpc: { port: 1, service: 's' },
      periodSeconds: 3,
    });
    expect(Probe.exec(['true'], { failureThreshold: 2 })).toEqual({ exec: { command: ['true'] }, failureThreshold: 2 });
  });

  test.each([
    ['hello', false],
    ['hello-1', false],
    ['hello-00001', true],
    ['hello-00001-private', true],
    ['hello-000001', false],
  ])('%s looks like a revision: %s', (name, expected) => {
    expect(isRevisionLike(name)).toBe(expected);
  });

  test('a finding is one line, whatever its details', () => {
    const line = findingLine('KNC1001', { message: 'bad', paths: ['b', 'a'], details: 'one\n  two', remedy: 'Mend it.' });
    expect(line).toBe('KNC1001 a, b: bad (one two) — Mend it.');
    expect(findingLine('KNC1001', { message: 'bad', paths: [] })).toBe('KNC1001 bad');
  });
});
