import { type CommandSpec, longFlag, type OptionSpec, valueName } from '../command-spec';
import { firstLine, quoted, shortFlag, valueKind } from './parts';

/** What zsh offers for a value: words, files, or nothing. */
function action(option: OptionSpec): string {
  const { path, words } = valueKind(option);
  if (words.length > 0 && path) return `{ compadd ${words.join(' ')}; _files }`;
  return words.length > 0 ? `(${words.join(' ')})` : path ? '_files' : '';
}

function optionText(option: OptionSpec): string {
  const [short, long, value] = [shortFlag(option), longFlag(option), valueName(option)];
  const text = firstLine(option.description).replace(/[[\]:]/g, (c) => `\\${c}`);
  const takes = value === undefined ? '' : `:${value.replace(/[|:]/g, ' or ')}:${action(option)}`;
  const repeat = option.type === 'list' ? '*' : '';
  return short
    ? `'(${short} ${long})'{${short},${long}}${quoted(`[${text}]${takes}`)}`
    : quoted(`${repeat}${long}[${text}]${takes}`);
}

/** A completion script for zsh: sourced, or as a file \`_knc\` on fpath. */
export function zshScript(specs: readonly CommandSpec[]): string {
  const cases = specs.map((spec) => {
    const args = spec.args.map(({ name, choices, variadic }) =>
      quoted(`${variadic ? '*' : ''}:${name}:${choices ? `(${choices.join(' ')})` : '_files'}`),
    );
    return `    ${spec.name}) _arguments ${[...spec.options.map(optionText), `'(-)--help[show help]'`, ...args].join(' ')} ;;`;
  });
  const commands = [
    ...specs.map(({ name, summary }) => `${name}:${summary.replace(/:/g, '\\:')}`),
    'help:show the help of a command',
  ];
  return `#compdef knc
_knc() {
  local -a commands=(${commands.map(quoted).join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words; (( CURRENT-- ))
  case "$command" in
    help) _describe command commands ;;
${cases.join('\n')}
  esac
}
if [ "\${funcstack[1]}" = "_knc" ]; then _knc "$@"; else compdef _knc knc; fi
`;
}
