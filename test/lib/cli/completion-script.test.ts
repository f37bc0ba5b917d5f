import { execFileSync, spawnSync } from 'node:child_process';
import { commandTable } from '../../../lib/cli/command-table';
import { completionScript } from '../../../lib/cli/completion-script';
import { tempFolder } from './temp-folder';

const bash = completionScript('bash', commandTable);

/** What bash would offer for the last of these words. */
function offered(words: string[], cwd = tempFolder()): string[] {
  const script = `${bash}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _knc; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd }).split('\n').filter(Boolean).sort();
}

describe('bash', () => {
  test('completes commands', () => {
    expect(offered(['knc', ''])).toEqual(['--help', '--version', 'help', ...commandTable.map(({ name }) => name)].sort());
    expect(offered(['knc', 'c'])).toEqual(['completion', 'crds']);
  });

  test('completes options of the command that was typed', () => {
    expect(offered(['knc', 'dev', '--e'])).toEqual(['--ephemeral']);
    expect(offered(['knc', 'crds', '--e'])).toEqual([]);
  });

  test('completes paths for arguments and for options that take one, and nothing for other values', () => {
    const folder = tempFolder({ 'main.ts': '', 'sub/x.yaml': '' });
    expect(offered(['knc', 'dev', 'm'], folder)).toEqual(['main.ts']);
    expect(offered(['knc', 'synth', '--output', 's'], folder)).toEqual(['sub']);
    expect(offered(['knc', 'dev', '--port', ''], folder)).toEqual([]);
  });

  test('completes fixed choices', () => {
    expect(offered(['knc', 'completion', ''])).toEqual(['--help', 'bash', 'fish', 'zsh']);
  });
});

describe('bash, values', () => {
  test('completes the values of an option, by its long and its short name', () => {
    expect(offered(['knc', 'validate', '--output', ''])).toEqual(['github', 'json', 'sarif', 'text']);
    expect(offered(['knc', 'validate', '-o', 's'])).toEqual(['sarif']);
    expect(offered(['knc', 'graph', '--children', 'm'])).toEqual(['main']);
  });

  test('completes words and paths where either will do', () => {
    expect(offered(['knc', 'graph', '--output', ''], tempFolder({ 'a.svg': '' }))).toEqual(['a.svg', 'json', 'mermaid', 'svg']);
  });

  test('completes the commands that help knows', () => {
    expect(offered(['knc', 'help', 'val'])).toEqual(['validate']);
  });
});

const has = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;
/** Runs only where the shell is installed; elsewhere the name of the test says so. */
const inShell = (shell: string, name: string, body: () => void) =>
  (has(shell) ? test : test.skip)(has(shell) ? name : `${name} (${shell} is not installed)`, body);

test.each(['zsh', 'fish'] as const)('the %s script names every command, option and value', (shell) => {
  const script = completionScript(shell, commandTable);
  for (const { name, options } of commandTable) {
    expect(script).toContain(name);
    for (const { flags, choices = [] } of options) {
      for (const word of [flags.match(/--([a-z-]+)/)![1]!, ...choices]) expect(script).toContain(word);
    }
  }
});

describe('zsh', () => {
  /** What the script hands to zsh's own completion for these words. */
  function handed(words: string[]): string[] {
    const stubs = `compdef() { :; }\n_arguments() { print -rl -- "$@" }\n_describe() { print -rl -- "\${commands[@]}" }\n`;
    const call = `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _knc`;
    const input = `${stubs}${completionScript('zsh', commandTable)}\n${call}\n`;
    return execFileSync('zsh', ['-f', '-s'], { encoding: 'utf8', input }).split('\n').filter(Boolean);
  }

  inShell('zsh', 'offers commands with their summaries', () => {
    expect(handed(['knc', '']).map((line) => line.split(':')[0])).toEqual([...commandTable.map(({ name }) => name), 'help']);
  });

  inShell('zsh', 'offers options with their values', () => {
    const lines = handed(['knc', 'validate', '']);
    expect(lines).toContainEqual(expect.stringMatching(/--output\[text, json.*\]:format:\(text json github sarif\)$/));
    expect(lines).toContain('*:path:_files');
  });
});

describe('fish', () => {
  const script = completionScript('fish', commandTable);
  /** What fish offers for this line. */
  const offers = (line: string): string[] => {
    const program = `${script}\ncomplete -C ${JSON.stringify(line)}\n`;
    const env = { ...process.env, HOME: tempFolder(), XDG_CONFIG_HOME: tempFolder() };
    const output = execFileSync('fish', ['--no-config', '-c', program], { encoding: 'utf8', cwd: tempFolder(), env });
    return output
      .split('\n')
      .flatMap((row) => row.split('\t')[0] || [])
      .sort();
  };

  inShell('fish', 'offers commands', () => {
    expect(offers('knc c')).toEqual(['completion', 'crds']);
  });

  inShell('fish', 'offers options, values and choices', () => {
    expect(offers('knc validate --st')).toEqual(['--strict']);
    expect(offers('knc validate --output ')).toEqual(['github', 'json', 'sarif', 'text']);
    expect(offers('knc completion z')).toEqual(['zsh']);
    expect(offers('knc help val')).toEqual(['validate']);
  });
});
