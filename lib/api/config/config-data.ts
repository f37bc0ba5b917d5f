import { errorMessage, KncError } from '../../base';
import { parseDuration } from '../duration';
import { parseGoBool, parseGoFloat, parseGoInt } from '../go-number';
import { parseQuantity } from '../quantity';

/** The `data` of a ConfigMap. */
export type ConfigData = Readonly<Record<string, string>>;

/** Key of the commented example that every ConfigMap carries; it sets nothing. */
export const EXAMPLE_KEY = '_example';

/** Reads YAML; given from outside, so that the API needs no YAML library. */
export type YamlParser = (text: string) => unknown;

const QUANTITY_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Typed access to the data of one ConfigMap. A key may have older spellings, given first: the last one that is present counts. */
export class ConfigReader {
  constructor(
    /** Name of the ConfigMap. */
    readonly name: string,
    private readonly data: ConfigData,
  ) {}

  /** The text of the last of these keys that is present. */
  raw(...keys: readonly string[]): string | undefined {
    const key = this.find(keys);
    return key === undefined ? undefined : this.data[key];
  }

  string(fallback: string, ...keys: readonly string[]): string {
    return this.raw(...keys)?.trim() ?? fallback;
  }

  bool(fallback: boolean, ...keys: readonly string[]): boolean {
    return this.parse(fallback, keys, parseGoBool, 'strconv.ParseBool');
  }

  int(fallback: number, ...keys: readonly string[]): number {
    return this.parse(fallback, keys, parseGoInt, 'strconv.ParseInt');
  }

  float(fallback: number, ...keys: readonly string[]): number {
    return this.parse(fallback, keys, parseGoFloat, 'strconv.ParseFloat');
  }

  /** Milliseconds. */
  duration(fallback: number, ...keys: readonly string[]): number {
    const key = this.find(keys);
    if (key === undefined) return fallback;
    const value = parseDuration(this.data[key]!);
    if (value === undefined) this.fail(`failed to parse "${key}": time: invalid duration ${JSON.stringify(this.data[key])}`);
    return value;
  }

  quantity(fallback: string | undefined, ...keys: readonly string[]): string | undefined {
    const key = this.find(keys);
    if (key === undefined) return fallback;
    if (parseQuantity(this.data[key]!) === undefined) this.fail(`failed to parse "${key}": ${QUANTITY_FORMAT}`);
    return this.data[key];
  }

  /** Quantities of cpu, memory and ephemeral-storage; `keys` gives the spellings of the key of each. */
  quantities(
    fallback: Readonly<Record<string, string>>,
    keys: (resource: 'cpu' | 'memory' | 'ephemeral-storage') => readonly string[],
  ): Readonly<Record<string, string>> {
    const all = (['cpu', 'memory', 'ephemeral-storage'] as const).map(
      (resource) => [resource, this.quantity(fallback[resource], ...keys(resource))] as const,
    );
    return Object.fromEntries(all.filter((entry): entry is readonly [(typeof entry)[0], string] => entry[1] !== undefined));
  }

  set(fallback: ReadonlySet<string>, ...keys: readonly string[]): ReadonlySet<string> {
    const text = this.raw(...keys);
    return text === undefined ? fallback : new Set(text.split(',').map((item) => item.trim()));
  }

  /** What stands behind a key as YAML. */
  yaml(parse: YamlParser, ...keys: readonly string[]): unknown {
    const key = this.find(keys);
    if (key === undefined || this.data[key] === '') return undefined;
    try {
      return parse(this.data[key]!);
    } catch (error) {
      this.fail(`${key} cannot be parsed, please check the format: ${errorMessage(error)}`);
    }
  }

  /** One of `values` whatever its case; anything else is `fallback`, as upstream treats flags. */
  flag<T extends string>(fallback: T, values: readonly T[], ...keys: readonly string[]): T {
    const text = this.raw(...keys)?.toLowerCase();
    return values.find((value) => value.toLowerCase() === text) ?? fallback;
  }

  /** Refuses the ConfigMap with upstream's message. */
  fail(message: string): never {
    throw new KncError('KNC2201', message, { where: `ConfigMap ${this.name}` });
  }

  /** Refuses the ConfigMap if any of these is wrong; the first that is gives its message. */
  require(...checks: readonly (readonly [isFine: boolean, message: string])[]): void {
    const wrong = checks.find(([isFine]) => !isFine);
    if (wrong) this.fail(wrong[1]);
  }

  private find(keys: readonly string[]): string | undefined {
    return [...keys].reverse().find((key) => Object.hasOwn(this.data, key));
  }

  private parse<T>(fallback: T, keys: readonly string[], read: (text: string) => T | undefined, by: string): T {
    const key = this.find(keys);
    if (key === undefined) return fallback;
    const value = read(this.data[key]!);
    if (value === undefined)
      this.fail(`failed to parse "${key}": ${by}: parsing ${JSON.stringify(this.data[key])}: invalid syntax`);
    return value;
  }
}

/** Whether a number of milliseconds is a whole number of seconds. */
export const isWholeSeconds = (milliseconds: number): boolean => milliseconds % 1000 === 0;
