import { type CommandSpec, longFlag } from '../command-spec';
import { choicesOf, firstLine, quoted, shortFlag, takesPath, valueKind } from './parts';

function commandLines(spec: CommandSpec): string[] {
  const here = `complete -c knc -n ${quoted(`__fish_seen_subcommand_from ${spec.name}; and not __fish_seen_subcommand_from help`)}`;
  const options = spec.options.map((option) => {
    const short = shortFlag(option);
    const { needed, path, words } = valueKind(option);
    const value = needed ? (path ? ' -r -F' : ' -x') : '';
    const names = `${short ? ` -s ${short.slice(1)}` : ''} -l ${longFlag(option).slice(2)}`;
    const offered = words.length > 0 ? ` -a ${quoted(words.join(' '))}` : '';
    return `${here}${names}${value}${offered} -d ${quoted(firstLine(option.description))}`;
  });
  return [
    `complete -c knc -n __fish_use_subcommand -f -a ${quoted(spec.name)} -d ${quoted(spec.summary)}`,
    ...options,
    `${here} -s h -l help -d ${quoted('show help')}`,
    ...choicesOf(spec).map((choice) => `${here} -f -a ${quoted(choice)}`),
    takesPath(spec) ? `${here} -F` : `${here} -f`,
  ];
}

/** A completion script for fish. */
export function fishScript(specs: readonly CommandSpec[]): string {
  const names = specs.map(({ name }) => name).join(' ');
  const lines = [
    `complete -c knc -n __fish_use_subcommand -f -a help -d ${quoted('show the help of a command')}`,
    `complete -c knc -n '__fish_seen_subcommand_from help' -f -a ${quoted(names)}`,
    `complete -c knc -n __fish_use_subcommand -s V -l version -d ${quoted('print the version')}`,
    ...specs.flatMap(commandLines),
  ];
  return `# fish completion for knc\n${lines.join('\n')}\n`;
}
