import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../api/schema/near-miss';
import { type CommandSpec, type Invocation, type OptionSpec, type OptionValue, valueName } from './command-spec';
import { argumentText, commandHelp, rootHelp } from './help';
import type { Io } from './io';
import { styleFor } from './output/style';

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  return port;
}

/** One of these, or an error that names the one that was probably meant. */
function oneOf(choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text;
    const meant = nearest(text, choices);
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${meant ? `\n(Did you mean ${meant}?)` : ''}`);
  };
}

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.type === 'port') option.argParser(parsePort);
  if (spec.type === 'list') option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  if (spec.choices) option.argParser(oneOf(spec.choices));
  return valueName(spec) ? option : option.default(undefined);
}

function commandOf(spec: CommandSpec, io: Io, act: (spec: CommandSpec, invocation: Invocation) => Promise<void>): Command {
  const command = new Command(spec.name).summary(spec.summary);
  for (const argument of spec.args) {
    const { description, choices } = argument;
    const parsed = new Argument(argumentText(argument), description);
    command.addArgument(choices ? parsed.argParser(oneOf(choices)) : parsed);
  }
  for (const option of spec.options) command.addOption(optionOf(option));
  command.helpInformation = () => commandHelp(spec, styleFor(io, io.stdout));
  command.helpOption('-h, --help', 'show this');
  return command.action(async () => {
    const defaults = spec.args.flatMap((argument) => argument.default ?? []);
    await act(spec, {
      args: command.args.length > 0 ? command.args : defaults,
      options: command.opts<Record<string, OptionValue>>(),
    });
  });
}

/** A commander program over the command table; `act` runs the command that was chosen. */
export function buildProgram(
  specs: readonly CommandSpec[],
  io: Io,
  version: string,
  act: (spec: CommandSpec, invocation: Invocation) => Promise<void>,
): Command {
  const program = new Command('knc').version(version, '-V, --version', 'print the version');
  program.helpInformation = () => rootHelp(specs, styleFor(io, io.stdout));
  program.helpCommand(true);
  for (const spec of specs) program.addCommand(commandOf(spec, io, act));
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    });
    const path = command === program ? 'knc' : `knc ${command.name()}`;
    command.showHelpAfterError(`Run "${path} --help" for examples.`);
  }
  return program;
}
