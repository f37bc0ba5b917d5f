import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type CommandSpec, type Invocation, type OptionSpec, type OptionValue, valueName } from './command-spec';
import { commandHelp, rootHelp } from './help';
import type { Io } from './io';
import { styleFor } from './output/style';

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  return port;
}

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.type === 'port') option.argParser(parsePort);
  if (spec.type === 'list') option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return valueName(spec) ? option : option.default(undefined);
}

function commandOf(spec: CommandSpec, io: Io, act: (spec: CommandSpec, invocation: Invocation) => Promise<void>): Command {
  const command = new Command(spec.name).summary(spec.summary);
  for (const { name, description, variadic, choices } of spec.args) {
    const argument = new Argument(`<${name}${variadic ? '...' : ''}>`, description);
    command.addArgument(choices ? argument.choices(choices) : argument);
  }
  for (const option of spec.options) command.addOption(optionOf(option));
  command.helpInformation = () => commandHelp(spec, styleFor(io, io.stdout));
  command.helpOption('-h, --help', 'show this');
  return command.action(async () => {
    await act(spec, { args: command.args, options: command.opts<Record<string, OptionValue>>() });
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
