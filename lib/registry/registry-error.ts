/** Why a registry did not say a digest. */
export type RegistryFailure =
  /** No answer at all: nothing listens, the name does not resolve, or nobody is to be dialled there. */
  | 'unreachable'
  /** It wants (other) credentials. */
  | 'denied'
  /** It said that it cannot at the moment. */
  | 'busy'
  /** Everything else: there is no such image, or the answer makes no sense or breaks off. */
  | 'refused';

/** A registry that did not say a digest; the message has no secret in it. */
export class RegistryError extends Error {
  constructor(
    readonly failure: RegistryFailure,
    message: string,
    /** When another attempt makes sense, in milliseconds from now, as the registry says. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = 'RegistryError';
  }

  static is(error: unknown, failure?: RegistryFailure): error is RegistryError {
    return error instanceof RegistryError && (failure === undefined || error.failure === failure);
  }
}
