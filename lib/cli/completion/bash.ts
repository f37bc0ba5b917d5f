import { type CommandSpec, longFlag } from '../command-spec';
import { choicesOf, flagsOf, quoted, takesPath, valueKind } from './parts';

/** What follows an option that takes a value, as a branch for each command that has one. */
function valueBranches(spec: CommandSpec): string[] {
  return spec.options
    .filter((option) => valueKind(option).needed)
    .map((option) => {
      const { path, words } = valueKind(option);
      const names = flagsOf(option).map((flag) => quoted(`${spec.name} ${flag}`));
      const fill = words.length > 0 ? `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$word")); ` : '';
      return `    ${names.join('|')}) ${fill}${path ? 'COMPREPLY+=($(compgen -f -- "$word")); ' : ''}return ;;`;
    });
}

/** A completion script for bash 3.2 and newer. */
export function bashScript(specs: readonly CommandSpec[]): string {
  const names = specs.map(({ name }) => name);
  const cases = specs.map((spec) => {
    const words = [...spec.options.map(longFlag), '--help', ...choicesOf(spec)].join(' ');
    const files = takesPath(spec) ? ' COMPREPLY+=($(compgen -f -- "$word"));' : '';
    return `    ${spec.name}) COMPREPLY=($(compgen -W ${quoted(words)} -- "$word"));${files} ;;`;
  });
  return `# bash completion for knc
_knc() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...names, 'help', '--help', '--version'].join(' '))} -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${specs.flatMap(valueBranches).join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
    help) COMPREPLY=($(compgen -W ${quoted(names.join(' '))} -- "$word")) ;;
${cases.join('\n')}
  esac
}
complete -o filenames -F _knc knc
`;
}
