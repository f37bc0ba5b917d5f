/**
 * What `knc dev` and `Testbed` run in place of an image, as a child process. It never appears in the YAML.
 * The process is told its port in `$PORT` and is stopped with SIGTERM.
 */
export interface LocalProps {
  /** Program and arguments: `['node', 'server.js']`. The container's `args` are appended. */
  readonly command: readonly string[];
  /**
   * Working directory; a relative one is resolved against the app's working directory, which is the folder of its
   * `cdk8s.yaml`, or of the app file.
   * @default - the app's working directory
   */
  readonly cwd?: string;
  /** Environment on the laptop alone; what the container's own `env` says wins. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Whether the container's `command`, which names a program inside the image, may replace the one given here.
   * @default false: a container with a `command` of its own is not started, and says so
   */
  readonly allowCommand?: boolean;
}

/** The type of the construct metadata in which `LocalProps` travel from the construct to `knc dev`. */
export const LOCAL_METADATA = 'knative-constructs:local';

/** The data of that construct metadata: one entry for each container that has `local`. */
export interface LocalMetadata extends LocalProps {
  /** The image that is replaced. */
  readonly image: string;
}
