/** What an image means on this machine: a command to run instead of the image's entrypoint. */
export interface Program {
  /** The executable and its first arguments; the container's `args` are appended. */
  readonly command: readonly string[];
  /** Where it runs. @default the private home directory of the pod */
  readonly cwd?: string;
  /** Environment of the program, below what the pod declares. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a container's `command` may replace this one. @default false: such a container is refused with the reason */
  readonly allowCommand?: boolean;
}

/** Whose image it is. */
export interface ImageTarget {
  readonly image: string;
  readonly namespace: string;
  /** The Knative Service of the pod, or the JobSink, if it has one. */
  readonly service?: string;
  /** Name of the container. */
  readonly container: string;
  /** Labels of the pod. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a construct said under `local:`. */
export interface LocalProgram {
  /** Only containers of this namespace. */
  readonly namespace?: string;
  /** Only containers of this Knative Service. */
  readonly service?: string;
  /** Only containers with this image reference. */
  readonly image?: string;
  readonly program: Program;
}
