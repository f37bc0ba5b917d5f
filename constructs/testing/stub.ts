/** What a pod of a Testbed may use besides the request. */
export interface StubContext {
  /** Name of the revision that the pod belongs to. */
  readonly revision: string;
  /** Name of the pod. */
  readonly pod: string;
  /** The container's environment as the chart declares it, with `PORT`, `K_SERVICE`, `K_REVISION`. */
  readonly env: Readonly<Record<string, string>>;
  /** Waits in virtual time. */
  sleep(ms: number): Promise<void>;
  /** Writes a line to the container's log. */
  log(text: string): void;
}

/** Stands for the program in a service's image. */
export type StubHandler = (request: Request, context: StubContext) => Response | Promise<Response>;

/** A service of the chart: the construct, or its name (in namespace `default`, or `namespace/name`). */
export type ServiceRef = string | { readonly name: string; readonly namespace: string | undefined };

/** Says which function stands for the pods of a service. */
export interface Stub {
  readonly service: ServiceRef;
  readonly handler: StubHandler;
  /** How long a pod takes to start, in virtual milliseconds. */
  readonly startMs: number;
}

/** An event in the JSON event format, as a Job of a JobSink finds it in its file. */
export interface JobEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data?: unknown;
  readonly [attribute: string]: unknown;
}

/** What a Job of a Testbed may use besides its event. */
export interface JobContext extends Omit<StubContext, 'revision'> {
  /** The container's arguments. */
  readonly args: readonly string[];
}

/** Stands for the program of a JobSink's Jobs: one that throws has failed. */
export type JobHandler = (event: JobEvent, context: JobContext) => unknown;

/** Says which function stands for the Jobs of a JobSink. */
export interface JobStub {
  readonly jobSink: ServiceRef;
  readonly handler: JobHandler;
}

/** The namespace of objects that name none. */
export const DEFAULT_NAMESPACE = 'default';

/** Namespace and name of a service. */
export function locate(service: ServiceRef): { readonly namespace: string; readonly name: string } {
  if (typeof service !== 'string') return { namespace: service.namespace ?? DEFAULT_NAMESPACE, name: service.name };
  const [first = '', second] = service.split('/');
  return second === undefined ? { namespace: DEFAULT_NAMESPACE, name: first } : { namespace: first, name: second };
}
