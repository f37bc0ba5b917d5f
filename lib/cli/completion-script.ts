import { type CommandSpec, longFlag, type OptionSpec, valueName } from './command-spec';

export type Shell = 'bash' | 'zsh' | 'fish';

/** In single quotes for any of the shells. */
const quoted = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;
const firstLine = (text: string): string => text.split('\n')[0]!;

const choicesOf = (spec: CommandSpec): readonly string[] => spec.args.flatMap((argument) => argument.choices ?? []);
/** A command with an argument of free form takes a path. */
const takesPath = (spec: CommandSpec): boolean => spec.args.some((argument) => !argument.choices);

function shortFlag(option: OptionSpec): string | undefined {
  return option.flags.match(/^-[a-zA-Z]/)?.[0];
}

function bash(specs: readonly CommandSpec[]): string {
  const cases = specs.map((spec) => {
    const words = [...spec.options.map(longFlag), '--help', ...choicesOf(spec)].join(' ');
    const files = takesPath(spec) ? ' COMPREPLY+=($(compgen -f -- "$word"));' : '';
    return `    ${spec.name}) COMPREPLY=($(compgen -W ${quoted(words)} -- "$word"));${files} ;;`;
  });
  const paths = specs.flatMap(({ options }) => options.filter(({ type }) => type === 'path').map(longFlag));
  const values = specs.flatMap(({ options }) => options.filter((o) => valueName(o) && o.type !== 'path').map(longFlag));
  return `# bash completion for knc
_knc() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...specs.map(({ name }) => name), '--help', '--version'].join(' '))} -- "$word"))
    return
  fi
  case "$before" in
    ${[...new Set(paths)].join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
    ${[...new Set(values)].join('|')}) return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
}
complete -o filenames -F _knc knc
`;
}

function zshOption(option: OptionSpec): string {
  const [short, long, value] = [shortFlag(option), longFlag(option), valueName(option)];
  const text = firstLine(option.description).replace(/[[\]:]/g, (c) => `\\${c}`);
  const action = value === undefined ? '' : `:${value}:${option.type === 'path' ? '_files' : ''}`;
  const repeat = option.type === 'list' ? '*' : '';
  return short
    ? `'(${short} ${long})'{${short},${long}}${quoted(`[${text}]${action}`)}`
    : quoted(`${repeat}${long}[${text}]${action}`);
}

function zsh(specs: readonly CommandSpec[]): string {
  const cases = specs.map((spec) => {
    const args = spec.args.map(({ name, choices, variadic }) =>
      quoted(`${variadic ? '*' : ''}:${name}:${choices ? `(${choices.join(' ')})` : '_files'}`),
    );
    return `    ${spec.name}) _arguments ${[...spec.options.map(zshOption), `'(-)--help[show help]'`, ...args].join(' ')} ;;`;
  });
  return `#compdef knc
_knc() {
  if (( CURRENT == 2 )); then
    local -a commands=(${specs.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(' ')})
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words; (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [ "\${funcstack[1]}" = "_knc" ]; then _knc "$@"; else compdef _knc knc; fi
`;
}

function fish(specs: readonly CommandSpec[]): string {
  const lines = specs.flatMap((spec) => {
    const here = `complete -c knc -n ${quoted(`__fish_seen_subcommand_from ${spec.name}`)}`;
    const options = spec.options.map((option) => {
      const short = shortFlag(option);
      const value = valueName(option) === undefined ? '' : option.type === 'path' ? ' -r -F' : ' -x';
      const names = `${short ? ` -s ${short.slice(1)}` : ''} -l ${longFlag(option).slice(2)}`;
      return `${here}${names}${value} -d ${quoted(firstLine(option.description))}`;
    });
    const choices = choicesOf(spec).map((choice) => `${here} -f -a ${quoted(choice)}`);
    const files = takesPath(spec) ? [`${here} -F`] : [];
    return [
      `complete -c knc -n __fish_use_subcommand -f -a ${quoted(spec.name)} -d ${quoted(spec.summary)}`,
      ...options,
      ...choices,
      ...files,
    ];
  });
  return `# fish completion for knc\n${lines.join('\n')}\n`;
}

/** A script that makes a shell complete the commands and options of this table. */
export function completionScript(shell: Shell, specs: readonly CommandSpec[]): string {
  return { bash, zsh, fish }[shell](specs);
}
