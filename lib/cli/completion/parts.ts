import { type CommandSpec, longFlag, type OptionSpec, valueName } from '../command-spec';

/** In single quotes for any of the shells. */
export const quoted = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;
export const firstLine = (text: string): string => text.split('\n')[0]!;

/** The fixed values of a command's arguments. */
export const choicesOf = (spec: CommandSpec): readonly string[] => spec.args.flatMap((argument) => argument.choices ?? []);

/** A command with an argument of free form takes a path. */
export const takesPath = (spec: CommandSpec): boolean => spec.args.some((argument) => !argument.choices);

/** `-o`, if the option has a short name. */
export function shortFlag(option: OptionSpec): string | undefined {
  return option.flags.match(/^-[a-zA-Z]/)?.[0];
}

/** Every way to write an option. */
export function flagsOf(option: OptionSpec): readonly string[] {
  const short = shortFlag(option);
  return short ? [short, longFlag(option)] : [longFlag(option)];
}

/** What may follow an option: nothing, a path, one of a few words, or anything. */
export interface ValueKind {
  readonly needed: boolean;
  readonly path: boolean;
  readonly words: readonly string[];
}

export function valueKind(option: OptionSpec): ValueKind {
  const words = option.choices ?? option.suggests ?? [];
  return { needed: valueName(option) !== undefined, path: option.type === 'path', words };
}
