const quoted = (word: string): string => `'${word.replace(/'/g, `'\\''`)}'`;

/** The command with a terminal around it: by script(1), which every Linux and macOS has, since Node cannot make one. */
export function inTerminal(command: readonly string[], platform: NodeJS.Platform = process.platform): readonly string[] {
  if (platform === 'darwin') return ['script', '-q', '/dev/null', ...command];
  return ['script', '-qfec', command.map(quoted).join(' '), '/dev/null'];
}
