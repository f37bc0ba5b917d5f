import type { CommandSpec } from './command-spec';
import { bashScript } from './completion/bash';
import { fishScript } from './completion/fish';
import { zshScript } from './completion/zsh';

export type Shell = 'bash' | 'zsh' | 'fish';

/** A script that makes a shell complete the commands, options and values of this table. */
export function completionScript(shell: Shell, specs: readonly CommandSpec[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](specs);
}
