import pc from 'picocolors';
import { KncError } from '../../../../lib/base';
import { errorBlock } from '../../../../lib/cli/output/error-block';
import { ProblemError, problemJson, problemOf } from '../../../../lib/cli/output/problem';

const plain = pc.createColors(false);
const block = (error: unknown) => errorBlock(problemOf(error), plain);

test('everything that is wrong in several places stands in one block', () => {
  const error = new ProblemError('KNC2001', '2 objects were refused by validation', [
    {
      where: 'Service default/hello',
      source: 'hello.yaml, document 1',
      messages: [
        { text: 'missing field(s): spec.template.spec.containers' },
        { text: 'expected 0 <= -5 <= 1000: spec.template.spec.containerConcurrency', remedy: 'Use 0 for no limit.' },
      ],
    },
    {
      where: 'Route default/r',
      source: 'construct app/r',
      messages: [{ text: 'Traffic targets sum to 90, want 100: spec.traffic\ndetails' }],
    },
  ]);
  expect(block(error)).toMatchInlineSnapshot(`
"error KNC2001 2 objects were refused by validation
  Service default/hello
    in hello.yaml, document 1
    missing field(s): spec.template.spec.containers
    expected 0 <= -5 <= 1000: spec.template.spec.containerConcurrency
      fix: Use 0 for no limit.
  Route default/r
    in construct app/r
    Traffic targets sum to 90, want 100: spec.traffic
      details
  fix: Change the fields that the message names and apply again.
  see docs/errors.md#knc2001
"
`);
});

test('an error with a place alone is three lines', () => {
  expect(block(new KncError('KNC4001', 'There is no such file or folder', { where: 'x.yaml' }))).toMatchInlineSnapshot(`
"error KNC4001 There is no such file or folder
  x.yaml
  fix: Give an app folder with a cdk8s.yaml, an app file, a YAML file or a folder of YAML.
  see docs/errors.md#knc4001
"
`);
});

test('a remedy that an entry has given already is not given again', () => {
  const remedy = 'Do this.';
  const error = new ProblemError('KNC2001', 'what', [{ where: 'a', messages: [{ text: 't', remedy }] }], { remedy });
  expect(block(error).match(/Do this/g)).toHaveLength(1);
});

test('what to do in general is said unless every message says what to do about it', () => {
  const [with_, without] = [{ text: 'a', remedy: 'Do a.' }, { text: 'b' }];
  const fixes = (messages: readonly { text: string; remedy?: string }[]) =>
    block(new ProblemError('KNC2001', 'what', [{ where: 'x', messages }])).match(/fix: .*/g);
  expect(fixes([with_])).toEqual(['fix: Do a.']);
  expect(fixes([with_, without])).toEqual(['fix: Do a.', 'fix: Change the fields that the message names and apply again.']);
});

test('what is no KncError is our own fault: it shows the stack and asks for a report', () => {
  const text = block(new TypeError('x is not a function'));
  expect(text).toMatch(/^error KNC5001 x is not a function\n {2}TypeError: x is not a function\n {6}at /);
  expect(text).toContain('please report it');
});

test('a mistake of the user shows no stack', () => {
  expect(block(new KncError('KNC4001', 'x'))).not.toContain('    at ');
});

test('as JSON a problem has code, message, remedy and details', () => {
  const error = new ProblemError('KNC4002', 'The input is not valid YAML', [
    { where: 'a.yaml:1:2', messages: [{ text: 'bad' }] },
  ]);
  expect(problemJson(problemOf(error))).toEqual({
    code: 'KNC4002',
    message: 'The input is not valid YAML',
    remedy: 'Correct the line that the message names.',
    details: [{ where: 'a.yaml:1:2', messages: [{ text: 'bad' }] }],
  });
});

test('only a missing outside is unavailable', () => {
  expect(problemOf(new KncError('KNC4005', 'x')).unavailable).toBe(true);
  expect(problemOf(new KncError('KNC4001', 'x')).unavailable).toBe(false);
});

test('control characters in what others said are shown, not obeyed', () => {
  const said = 'a\x1b[2J';
  const error = new ProblemError('KNC2001', said, [{ where: said, source: said, messages: [{ text: said, remedy: said }] }]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(block(error)).not.toMatch(/\x1b/);
  expect(block(error).split('a\\x1b[2J')).toHaveLength(6);
});
