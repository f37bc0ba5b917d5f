/** Where the time of a request went, in milliseconds. */
export interface RequestTimings {
  /** Waiting for a place in a pod, from arrival; the start of a pod included. */
  queue: number;
  /** From arrival until the pod that took the request had an address; 0 if it was there. */
  start: number;
  /** From then until the pod answered a probe; 0 if it had before. */
  probe: number;
  /** From sending the request to the head of the answer. */
  app: number;
  /** The revision had no pod ready when the request came. */
  cold: boolean;
}

/** The value of a Server-Timing header (W3C Server Timing), which browsers show with the request. */
export function serverTiming(timings: RequestTimings): string {
  const { queue, start, probe, app } = timings;
  const spans = `queue;dur=${round(queue)}, start;dur=${round(start)}, probe;dur=${round(probe)}, app;dur=${round(app)}`;
  return timings.cold ? `${spans}, cold` : spans;
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
