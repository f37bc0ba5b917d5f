import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import { KnService, type KnServiceProps, RevisionName, TrafficSplit } from '../../../constructs';
import { synthErrors, synthesized, warningsOf } from './synth';

/** The lines with which one service is refused, without construct path and code. */
function refused(props: Partial<KnServiceProps>, name = 'a'): string[] {
  const chart = Testing.chart();
  new KnService(chart, 'a', { name, image: 'app', ...props });
  return synthErrors(chart).map((line) => line.replace('[test/a] KNC1001 ', ''));
}

describe('errors at synthesis', () => {
  test('each stands on one line: construct path, code, field path, what is wrong', () => {
    const chart = Testing.chart();
    new KnService(chart, 'a', { name: 'a', image: '' });
    expect(synthErrors(chart)).toEqual([
      expect.stringMatching(/^\[test\/a\] KNC1001 spec\.template\.spec\.containers\[0\]\.image: missing field\(s\)/),
    ]);
  });

  test('those of several services and charts of an app come together', () => {
    const app = Testing.app();
    new KnService(new Chart(app, 'one'), 'a', { name: 'a', image: '', concurrency: { hardLimit: -1 } });
    new KnService(new Chart(app, 'two'), 'b', { name: 'b', image: 'app', scale: { min: -1 } });
    expect(() => app.synth()).toThrow(
      /\[one\/a] KNC1001 .*containerConcurrency: expected 0 <= -1 <= 1000\n.*\[one\/a] KNC1001 .*image.*\n.*\[two\/b] KNC1001 .*min-scale/s,
    );
  });

  test.each<[string, Partial<KnServiceProps>, RegExp]>([
    [
      'negative scale',
      { scale: { min: -1 } },
      /^spec\.template\.metadata\.annotations\.autoscaling\.knative\.dev\/min-scale: expected 0 <= -1 <= 2147483647/,
    ],
    ['min above max', { scale: { min: 2, max: 1 } }, /max-scale=1 is less than min-scale=2/],
    ['a window that is too short', { scale: { window: '1s' } }, /window: expected 6s <= 1s <= 1h/],
    [
      'a sum that is not 100',
      { traffic: [{ percent: 50 }, { revision: 'a-00001', percent: 60 }] },
      /^spec\.traffic: Traffic targets sum to 110, want 100/,
    ],
    ['a canary beyond 100', { traffic: TrafficSplit.canary({ stable: 'a-00001', percent: 150 }) }, /expected 0 <= 150 <= 100/],
    [
      'a tag used twice',
      {
        traffic: [
          { percent: 50, tag: 't' },
          { revision: 'a-00001', percent: 50, tag: 't' },
        ],
      },
      /Multiple definitions for "t"/,
    ],
    ['a reserved container name', { containerName: 'queue-proxy' }, /"queue-proxy" is a reserved container name/],
    ['a reserved variable', { env: { K_SERVICE: 'x' } }, /"K_SERVICE" is a reserved environment variable/],
    ['a reserved port', { port: 8012 }, /8012 is a reserved port/],
    ['a mount path that is relative', { volumes: [{ name: 'v', mountPath: 'etc', secret: 's', readOnly: true }] }, /mountPath/],
    ['a timeout that is no duration', { timeouts: { request: 'soon' } }, /timeoutSeconds/],
    ['a given name without the service’s', { revision: RevisionName.given('blue') }, /must have prefix "a-"/],
  ])('%s', (_what, props, expected) => {
    expect(refused(props)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test.each<[string, Partial<KnServiceProps>, string]>([
    [
      'a target set twice',
      { concurrency: { target: 1 }, scale: { target: 2 } },
      'concurrency.target, scale.target: expected exactly one, got both — Set one of the two: they are the same annotation.',
    ],
    [
      'a concurrency target for another metric',
      { concurrency: { target: 1 }, scale: { metric: 'rps' } },
      'concurrency.target: a target for concurrency is set, but scaling measures rps — Write the target of another metric as scale.target.',
    ],
  ])('between props: %s', (_what, props, expected) => {
    expect(refused(props)).toEqual([expected]);
  });

  test('the final object is validated: a patch can mend and can break', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', { name: 'a', image: '' });
    ApiObject.of(service).addJsonPatch(
      JsonPatch.replace('/spec/template/spec/containers/0/image', 'app'),
      JsonPatch.add('/spec/template/spec/containerConcurrency', -5),
    );
    expect(synthErrors(chart)).toEqual([expect.stringContaining('spec.template.spec.containerConcurrency')]);
  });

  test('a patch that cannot be applied is an error like others', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', { name: 'a', image: 'app' });
    ApiObject.of(service).addJsonPatch(JsonPatch.remove('/spec/nothing/here'));
    expect(synthErrors(chart)[0]).toMatch(/^\[test\/a\] KNC1001 Failed serializing construct/);
  });
});

describe('names', () => {
  test('a name is refused when the names of its revisions would be too long, and says by how much', () => {
    const name = 'n'.repeat(58);
    expect(refused({}, name)).toEqual([
      `metadata.name: the name of its revisions "${name}-00001" is 64 characters long, 63 are allowed — Shorten the name of the service, 58 characters, by 1 or more.`,
    ]);
    expect(refused({}, 'n'.repeat(57))).toEqual([]);
  });

  test('a tag is refused when its host would be too long', () => {
    const traffic = [{ percent: 100, tag: 'next' }];
    expect(refused({ traffic }, 'n'.repeat(57))).toEqual([]);
    expect(refused({ traffic, revision: RevisionName.suffix('1') }, 'n'.repeat(59))).toEqual([
      expect.stringMatching(/^spec\.traffic\[0\]\.tag: the host of the tag "next-n+" is 64 characters long/),
    ]);
  });

  test('a name that is no DNS label and one that Kubernetes uses itself are refused', () => {
    expect(refused({}, '9lives')).toEqual([expect.stringMatching(/metadata\.name/)]);
    expect(refused({}, 'kubernetes')).toEqual([
      'metadata.name: "kubernetes" is the name of a Service of Kubernetes itself — Choose another name or namespace.',
    ]);
    expect(refused({ metadata: { namespace: 'shop' } }, 'kubernetes')).toEqual([]);
  });
});

describe('warnings at synthesis', () => {
  const warned = (props: Partial<KnServiceProps>, name = 'a') =>
    warningsOf(() => {
      const chart = Testing.chart();
      new KnService(chart, 'a', { name, image: 'app', ...props });
      synthesized(chart);
    });

  test('an ordinary service is not warned of', () => {
    expect(warned({})).toEqual([]);
  });

  test('what only some clusters allow is synthesized and warned of', () => {
    const lines = [
      ...warned({ scale: { initial: 0 } }),
      ...warned({ timeouts: { request: '20m' } }),
      ...warned({ volumes: [{ mountPath: '/data', persistentVolumeClaim: 'claim', readOnly: true }] }),
    ];
    expect(lines).toEqual([
      expect.stringMatching(/^\[test\/a\] KNC1101 .*initial-scale=0 not allowed by cluster.*silence: 'cluster-setting'/),
      expect.stringMatching(/^\[test\/a\] KNC1101 .*timeoutSeconds: expected 0 <= 1200 <= 600/),
      expect.stringMatching(/^\[test\/a\] KNC1101 .*Persistent volume claim support is disabled/),
      expect.stringMatching(/^\[test\/a\] KNC1101 .*persistentVolumeClaim: must not set/),
    ]);
  });

  test('a name in the form of a revision’s is warned of', () => {
    expect(warned({}, 'job-12345')).toEqual([expect.stringMatching(/"job-12345" has the form in which Knative names revisions/)]);
  });

  test('a rule that is named in silence is not warned of; errors cannot be silenced', () => {
    expect(warned({ scale: { initial: 0 }, silence: ['cluster-setting'] })).toEqual([]);
    expect(refused({ image: '', silence: ['cluster-setting', 'unknown-field', 'upstream', 'revision-like-name'] })).toHaveLength(
      1,
    );
  });

  test('in an app that is synthesized as a whole each warning appears once', () => {
    const app = new App({ outdir: Testing.app().outdir });
    const chart = new Chart(app, 'c');
    new KnService(chart, 'a', { name: 'a', image: 'app', scale: { initial: 0 } });
    expect(
      warningsOf(() => {
        app.synthYaml();
        app.synth();
      }),
    ).toHaveLength(1);
  });
});

test('props that no interface has are named with the one that was meant, for those whom no compiler tells', () => {
  const chart = Testing.chart();
  const props = {
    image: 'example.com/app',
    comand: ['x'],
    concurrency: { hardLimt: 3 },
    scale: { panic: { treshold: 150 }, colour: 'red' },
    traffic: [{ revisionName: 'a-00001', percent: 100 }],
    sidecars: [{ name: 'side', image: 'example.com/side', mount: [] }],
  };
  new KnService(chart, 'a', { name: 'a', ...props } as unknown as KnServiceProps);
  const errors = synthErrors(chart).filter((line) => line.includes('unknown prop'));
  expect(errors).toEqual([
    '[test/a] KNC1001 comand: unknown prop "comand" — Did you mean "command"?',
    '[test/a] KNC1001 concurrency.hardLimt: unknown prop "hardLimt" — Did you mean "hardLimit"?',
    '[test/a] KNC1001 scale.panic.treshold: unknown prop "treshold" — Did you mean "threshold"?',
    expect.stringMatching(
      /^\[test\/a] KNC1001 scale.colour: unknown prop "colour" — The props here are activation, .*, window\.$/,
    ),
    expect.stringContaining('traffic[0].revisionName: unknown prop "revisionName"'),
    '[test/a] KNC1001 sidecars[0].mount: unknown prop "mount" — Did you mean "mounts"?',
  ]);
});
