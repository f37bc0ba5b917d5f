/** Why no pod of a revision can start unless somebody changes something, in the words of one of its containers. */
export interface Obstacle {
  readonly reason: string;
  readonly message: string;
}

/** A request waits, or would wait, for a pod that cannot start. */
export class CannotStartError extends Error {
  constructor(readonly obstacle: Obstacle) {
    super('no healthy upstream');
    this.name = 'CannotStartError';
  }
}
