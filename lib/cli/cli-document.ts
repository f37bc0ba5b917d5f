import type { CommandSpec, OptionSpec } from './command-spec';
import { commandTable } from './command-table';
import { exitCodeTable } from './exit-codes';
import { argumentText } from './help';

/** Text of a table's cell. */
const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(...head), `|${head.map(() => '---').join('|')}|`, ...rows.map((cells) => row(...cells))].join('\n');
}

const optionRow = ({ flags, description, type }: OptionSpec): readonly string[] => [
  `\`${flags}\``,
  type === 'list' && !description.includes('repeated') ? `${description}; may be repeated` : description,
];

function examples(spec: CommandSpec): string {
  const width = Math.max(...spec.examples.map(({ command }) => command.length));
  const lines = spec.examples.map(({ command, explains }) => `${command.padEnd(width)}  # ${explains}`);
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

function commandSection(spec: CommandSpec): string {
  const usage = ['knc', spec.name, ...spec.args.map(argumentText), spec.options.length > 0 ? '[options]' : ''].filter(Boolean);
  const args = spec.args.map((argument) => [
    `\`${argumentText(argument)}\``,
    argument.description + (argument.default ? ` (default: ${argument.default})` : ''),
  ]);
  const codes = exitCodeTable.flatMap(([code]) => (spec.exitCodes?.[code] ? [[String(code), spec.exitCodes[code]]] : []));
  const parts = [
    `## knc ${spec.name}`,
    spec.description.replace(/\n/g, ' '),
    examples(spec),
    `Usage: \`${usage.join(' ')}\``,
    ...(args.length > 0 ? [table(['argument', 'meaning'], args)] : []),
    ...(spec.options.length > 0 ? [table(['option', 'meaning'], spec.options.map(optionRow))] : []),
    ...(codes.length > 0 ? [table(['exit code', 'here'], codes)] : []),
  ];
  return parts.join('\n\n');
}

/** `docs/cli.md`: every command of the table. */
export function cliDocument(specs: readonly CommandSpec[] = commandTable): string {
  const codes = exitCodeTable.map(([code, meaning]) => [String(code), meaning]);
  const head = [
    '<!-- Generated from lib/cli/command-table.ts by `npm run docs`. -->',
    '# The command line',
    '`knc --help` and `knc <command> --help` say the same. What was asked for is on stdout, what is said beside it on stderr. With `--json` a command prints one JSON document; if it fails, `{ "error": { "code", "message", "remedy", "details" } }`. `knc dev --json` prints a line for each event instead, an error being one too.',
    table(
      ['command', 'what it does'],
      specs.map(({ name, summary }) => [`[\`${name}\`](#knc-${name})`, summary]),
    ),
    '## Exit codes',
    table(['code', 'meaning'], codes),
    '## Environment',
    table(
      ['variable', 'meaning'],
      [
        ['`NO_COLOR`', 'never colour'],
        ['`FORCE_COLOR`', 'always colour'],
        ['`CI`', 'print lines instead of redrawing'],
      ],
    ),
  ];
  return `${[...head, ...specs.map(commandSection)].join('\n\n')}\n`;
}
