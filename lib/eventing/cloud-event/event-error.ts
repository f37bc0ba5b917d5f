/** What came is no CloudEvent, or none that can be taken. The message says why; `status` is the HTTP code to answer with. */
export class EventError extends Error {
  constructor(
    message: string,
    readonly status: 400 | 413 | 415 = 400,
  ) {
    super(message);
    this.name = 'EventError';
  }
}
