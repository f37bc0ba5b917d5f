/** What a spawner and its process tell each other over Node's IPC channel. */
export type ToSpawner = {
  readonly id: number;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: boolean;
};

export type FromSpawner =
  | { readonly kind: 'ready' }
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code?: string | undefined; readonly message: string }
  | { readonly kind: 'exited'; readonly id: number; readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** The streams of a child: each is a connection to the spawner's socket that begins with its name. */
export const STREAMS = ['stdin', 'stdout', 'stderr'] as const;
export type StreamName = (typeof STREAMS)[number];

/** Bytes that a connection begins with: whose stream it is. */
export const NAME_BYTES = 12;

/** Twelve bytes: the stream's index, then the child's id. */
export const streamHeader = (stream: StreamName, id: number): string =>
  `${STREAMS.indexOf(stream)}${String(id).padStart(NAME_BYTES - 1, '0')}`;

export function readHeader(header: string): { readonly stream: StreamName; readonly id: number } {
  return { stream: STREAMS[Number(header[0])]!, id: Number(header.slice(1)) };
}
