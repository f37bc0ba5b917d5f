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
    expect(offered(['knc', ''])).toEqual(['--help', '--version', ...commandTable.map(({ name }) => name)].sort());
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

const has = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;

test.each(['zsh', 'fish'] as const)(
  'the %s script names every command and option, and parses where the shell is installed',
  (shell) => {
    const script = completionScript(shell, commandTable);
    for (const { name, options } of commandTable) {
      expect(script).toContain(name);
      for (const { flags } of options) expect(script).toContain(flags.match(/--([a-z-]+)/)![1]!);
    }
    if (has(shell)) execFileSync(shell, ['-n'], { input: script });
  },
);
