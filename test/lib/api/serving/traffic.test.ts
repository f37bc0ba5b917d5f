import { LABEL_1035, refusals, route, service } from '../support';

const inService = (traffic: unknown) => service(undefined, { traffic });
const T = 'spec.traffic';

test.each([
  ['everything to the latest revision', [{ percent: 100, latestRevision: true }]],
  [
    'a pinned release, a candidate and the latest',
    [
      { tag: 'current', revisionName: 'hello-00001', percent: 98 },
      { tag: 'candidate', revisionName: 'hello-00002', percent: 2, latestRevision: false },
      { tag: 'latest', latestRevision: true },
    ],
  ],
  ['nothing said', undefined],
  ['an empty list', []],
])('a Service may have %s', (_, traffic) => {
  expect(refusals(inService(traffic))).toEqual([]);
});

test.each([
  ['by configuration', [{ configurationName: 'hello', percent: 100 }]],
  ['by revision', [{ revisionName: 'hello-00001', percent: 100 }]],
  [
    'by both, in shares, with tags',
    [
      { configurationName: 'a', percent: 90, tag: 'a' },
      { revisionName: 'b-1', percent: 10, tag: 'b' },
    ],
  ],
])('a Route may name targets %s', (_, traffic) => {
  expect(refusals(route(traffic))).toEqual([]);
});

test.each([
  [[{ percent: 99 }], `Traffic targets sum to 99, want 100: ${T}`],
  [[{ percent: 60 }, { percent: 60, revisionName: 'r' }], `Traffic targets sum to 120, want 100: ${T}`],
  [[{ tag: 'a' }], `Traffic targets sum to 0, want 100: ${T}`],
  [[{ percent: 100, configurationName: 'hello' }], `must not set the field(s): ${T}[0].configurationName`],
  [
    [{ percent: 100, revisionName: 'valid', latestRevision: true }],
    `may not set revisionName "valid" when latestRevision is true: ${T}[0].latestRevision`,
  ],
  [[{ percent: 100, latestRevision: false }], `may not set revisionName "" when latestRevision is false: ${T}[0].latestRevision`],
  [[{ percent: 100, url: 'http://foo.bar.com' }], `must not set the field(s): ${T}[0].url`],
  [[{ percent: 100, tag: 'Bad_Tag' }], `invalid value: not a DNS 1035 label: [${LABEL_1035}]: ${T}[0].tag`],
  [
    [{ percent: 100, tag: 'a'.repeat(64) }],
    `invalid value: not a DNS 1035 label: [must be no more than 63 characters]: ${T}[0].tag`,
  ],
  [
    [
      { percent: 50, tag: 'foo' },
      { percent: 50, tag: 'foo', revisionName: 'r' },
    ],
    `Multiple definitions for "foo": ${T}[0].tag, ${T}[1].tag`,
  ],
])('a Service with targets %j is refused', (traffic, expected) => {
  expect(refusals(inService(traffic))).toContain(expected);
});

test('shares outside 0 to 100 are named one by one', () => {
  expect(
    refusals(
      inService([
        { percent: 101, tag: 'a' },
        { percent: -1, revisionName: 'r' },
      ]),
    ),
  ).toEqual([`expected 0 <= -1 <= 100: ${T}[1].percent`, `expected 0 <= 101 <= 100: ${T}[0].percent`]);
});

test.each([
  [undefined, [`Traffic targets sum to 0, want 100: ${T}`]],
  [[], [`Traffic targets sum to 0, want 100: ${T}`]],
  [[{ percent: 100 }], [`expected exactly one, got neither: ${T}[0].configurationName, ${T}[0].revisionName`]],
  [
    [{ percent: 100, revisionName: 'r', configurationName: 'c' }],
    [`expected exactly one, got both: ${T}[0].configurationName, ${T}[0].revisionName`],
  ],
])('a Route with targets %j is refused', (traffic, expected) => {
  expect(refusals(route(traffic))).toEqual(expected);
});

test('a revision is named by a qualified name', () => {
  expect(refusals(route([{ percent: 100, revisionName: 'b@r' }]))).toEqual([
    `invalid key name "b@r": ${T}[0].revisionName\nname part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
  ]);
});

test('a sum says what is missing or too much', async () => {
  const { validate } = await import('../../../../lib/api');
  const remedy = (...percents: number[]) =>
    validate(inService(percents.map((percent, i) => ({ percent, tag: `t${i}` })))).find((e) => e.message.startsWith('Traffic'))
      ?.remedy;
  expect(remedy(90, 5)).toBe('Give 5 more to one of the targets.');
  expect(remedy(90, 20)).toBe('Take 10 away from the targets.');
});
