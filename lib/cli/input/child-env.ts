/** Variables of the shell that an app's process gets; the rest only by name (`--inherit-env`). */
const ALLOWED = [
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TERM',
  'TMPDIR',
  'TEMP',
  'TMP',
  'NO_COLOR',
  'FORCE_COLOR',
  'CI',
  // Without these no program starts on Windows.
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
];

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment for a process that runs an app's code: an allow-list, what was asked for by name, and `more`. */
export function childEnv(env: Environment, inherit: readonly string[], more: Environment): Record<string, string> {
  const chosen = Object.fromEntries([...ALLOWED, ...inherit].map((name) => [name, env[name]]));
  const entries = Object.entries({ ...chosen, ...more });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
