import type { ArgumentSpec, CommandSpec, OptionSpec } from './command-spec';
import { exitCodeTable } from './exit-codes';
import type { Style } from './output/style';

type Row = readonly [string, string];

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

/** `<path...>`, or `[path...]` for one that may be left out. */
export function argumentText({ name, variadic, optional, default: otherwise }: ArgumentSpec): string {
  const text = `${name}${variadic ? '...' : ''}`;
  return otherwise === undefined && !optional ? `<${text}>` : `[${text}]`;
}

const argumentRow = (argument: ArgumentSpec): Row => {
  const { description, default: otherwise } = argument;
  return [argumentText(argument), otherwise === undefined ? description : `${description} (default: ${otherwise})`];
};
const optionRow = ({ flags, description }: OptionSpec): Row => [flags.startsWith('--') ? `    ${flags}` : flags, description];
const helpRow: Row = ['-h, --help', 'show this'];

function usageLine(spec: CommandSpec): string {
  const options = spec.options.length > 0 ? '[options]' : '';
  return ['knc', spec.name, ...spec.args.map(argumentText), options].filter(Boolean).join(' ');
}

function sections(style: Style, parts: readonly (readonly [string, string])[]): string {
  return parts.map(([title, body]) => `${style.bold(title)}\n${body}\n`).join('\n');
}

const exitCodeRows = (own: CommandSpec['exitCodes'] = {}): Row[] =>
  exitCodeTable.map(([code, meaning]) => [String(code), own[code] ?? meaning]);

/** The help of one command, examples first. */
export function commandHelp(spec: CommandSpec, style: Style): string {
  const examples = spec.examples.map(({ command, explains }): Row => [command, style.dim(`# ${explains}`)]);
  return `${spec.description}\n\n${sections(style, [
    ['Examples', table(examples)],
    ['Usage', `  ${usageLine(spec)}`],
    ...(spec.args.length > 0 ? [['Arguments', table(spec.args.map(argumentRow))] as const] : []),
    ['Options', table([...spec.options.map(optionRow), helpRow])],
    ['Exit codes', table(exitCodeRows(spec.exitCodes))],
  ])}`;
}

/** The help of `knc` itself. */
export function rootHelp(specs: readonly CommandSpec[], style: Style): string {
  return `Serverless services and event flows, declared in TypeScript or YAML, on this machine or any cluster.\n\n${sections(
    style,
    [
      ['Examples', table(specs.map(({ examples: [first] }): Row => [first!.command, style.dim(`# ${first!.explains}`)]))],
      ['Usage', '  knc <command> [options]'],
      ['Commands', table(specs.map(({ name, summary }): Row => [name, summary]))],
      ['Options', table([['-V, --version', 'print the version'], helpRow])],
      ['Exit codes', table(exitCodeRows())],
      ['Environment', table(environmentRows)],
    ],
  )}\nknc <command> --help says more.\n`;
}

const environmentRows: readonly Row[] = [
  ['NO_COLOR', 'never colour'],
  ['FORCE_COLOR', 'always colour'],
  ['CI', 'print lines instead of redrawing'],
];
