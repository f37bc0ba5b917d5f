import { commandTable } from '../../../lib/cli/command-table';
import { main } from '../../../lib/cli/main';
import { FakeIo } from './fake-io';

const { version } = jest.requireActual<{ version: string }>('../../../package.json');

async function knc(argv: string[], io = new FakeIo()) {
  const code = await main(argv, io);
  return { code, out: io.stdoutText, err: io.stderrText };
}

test('--version prints the version alone, on stdout', async () => {
  expect(await knc(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  expect(await knc(['-V'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('--help shows examples before anything else, then commands and exit codes', async () => {
  const { code, out, err } = await knc(['--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const order = ['Examples', 'Usage', 'Commands', 'Options', 'Exit codes', 'Environment'].map((title) =>
    out.indexOf(`\n${title}\n`),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order.every((at) => at > 0)).toBe(true);
});

test('the help of a command shows its examples, arguments, options and exit codes', async () => {
  const { code, out } = await knc(['crds', '--help']);
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot(`
"Prints the CustomResourceDefinitions of every kind that this package serves, as one YAML stream.

Examples
  knc crds | kubectl apply -f -  # install them on a cluster
  knc crds --output crds/        # one file per kind

Usage
  knc crds [options]

Options
  -o, --output <dir>  write one file per kind into this folder
      --json          JSON instead of YAML: one List of all definitions
  -h, --help          show this

Exit codes
  0    done
  1    the input or what it declares is at fault
  2    wrong usage
  3    a port or cluster is not available
  130  interrupted before it was done
"
`);
});

test('knc help dev is knc dev --help', async () => {
  expect((await knc(['help', 'dev'])).out).toBe((await knc(['dev', '--help'])).out);
});

test('knc alone shows the help on stderr and is wrong usage', async () => {
  const { code, out, err } = await knc([]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('Commands');
});

test.each([
  ['a misspelt command', ['dve'], 'error: unknown command \'dve\'\n(Did you mean dev?)\nRun "knc --help" for examples.\n'],
  [
    'a misspelt option',
    ['dev', '.', '--jsn'],
    'error: unknown option \'--jsn\'\n(Did you mean --json?)\nRun "knc dev --help" for examples.\n',
  ],
  ['a missing path', ['synth'], 'error: missing required argument \'path\'\nRun "knc synth --help" for examples.\n'],
  [
    'a shell that is none of those known',
    ['completion', 'tcsh'],
    "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\nRun \"knc completion --help\" for examples.\n",
  ],
  [
    'a port that is none',
    ['dev', '.', '--port', '70000'],
    "error: option '-p, --port <number>' argument '70000' is invalid. A port is a whole number from 0 to 65535.\nRun \"knc dev --help\" for examples.\n",
  ],
  [
    'a timeout without --once',
    ['dev', '.', '--timeout', '5s'],
    'error: --timeout only means something together with --once\nRun "knc dev --help" for examples.\n',
  ],
])('%s is wrong usage: exit code 2 and a hint on stderr', async (_, argv, text) => {
  expect(await knc(argv)).toEqual({ code: 2, out: '', err: text });
});

test('a path that does not exist is an error block with code, place and remedy', async () => {
  const { code, out, err } = await knc(['synth', 'no/such/thing']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatchInlineSnapshot(`
"error KNC4001 There is no such file or folder
  no/such/thing
  fix: Give an app folder with a cdk8s.yaml, an app file, a YAML file or a folder of YAML.
  see docs/errors.md#knc4001
"
`);
});

test('with --json a failure is one JSON document on stdout, with code, place and remedy', async () => {
  const { code, out, err } = await knc(['graph', 'no/such/thing', '--json']);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(JSON.parse(out)).toEqual({
    error: {
      code: 'KNC4001',
      message: 'There is no such file or folder',
      remedy: expect.any(String),
      details: [{ where: 'no/such/thing', messages: [] }],
    },
  });
});

/** A shell script is no JSON; a verdict is its exit code. */
const WITHOUT_JSON: ReadonlySet<string> = new Set(['completion', 'filter', 'run']);

test('every command that prints or reads objects has --json', async () => {
  for (const { name, options } of commandTable) {
    if (!WITHOUT_JSON.has(name)) expect([name, options.some(({ flags }) => flags === '--json')]).toEqual([name, true]);
  }
});

test('colours come only where they are wanted: NO_COLOR beats FORCE_COLOR beats a terminal', async () => {
  const colored = async (env: Record<string, string>, tty: boolean) =>
    (await knc(['synth', 'none'], new FakeIo({ env, tty }))).err.includes('\x1b[');
  expect(await colored({}, true)).toBe(true);
  expect(await colored({}, false)).toBe(false);
  expect(await colored({ FORCE_COLOR: '1' }, false)).toBe(true);
  expect(await colored({ FORCE_COLOR: '0' }, true)).toBe(false);
  expect(await colored({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
  expect(await colored({ TERM: 'dumb' }, true)).toBe(false);
});
