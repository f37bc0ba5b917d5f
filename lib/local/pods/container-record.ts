import type { Container, ContainerState, ContainerStatus } from '../../api';
import { timestamp } from '../../base';
import type { Exit } from './container-runtime';

/** Where one container of a pod stands, told as a ContainerStatus. What was told by an earlier process, `before`, is gone on with. */
export class ContainerRecord {
  restartCount: number;
  #state: ContainerState;
  #lastState: ContainerState | undefined;
  #started = false;
  #ready = false;
  #startedAt = 0;
  #id: string | undefined;

  constructor(
    private readonly container: Container & { readonly name: string },
    waiting: string,
    private readonly onChange: () => void,
    before?: ContainerStatus,
  ) {
    this.#state = { waiting: { reason: waiting } };
    this.restartCount = before?.restartCount ?? 0;
    this.#lastState = before?.lastState;
  }

  get running(): boolean {
    return this.#state.running !== undefined;
  }

  get started(): boolean {
    return this.#started;
  }

  /** When it last began to run, in milliseconds. */
  get startedAt(): number {
    return this.#startedAt;
  }

  waiting(reason: string, message?: string): void {
    if (this.#state.terminated) this.#lastState = this.#state;
    this.#set({ waiting: { reason, ...(message === undefined ? {} : { message }) } });
  }

  /** @param id what identifies this run of it, as in `process://4711` */
  runs(now: number, id: string): void {
    if (this.#state.terminated) this.#lastState = this.#state;
    this.#startedAt = now;
    this.#id = id;
    this.#set({ running: { startedAt: timestamp(now) } });
  }

  hasStarted(): void {
    this.#started = true;
    this.onChange();
  }

  isReady(ready: boolean): void {
    if (this.#ready === ready) return;
    this.#ready = ready;
    this.onChange();
  }

  ended(exit: Exit, now: number): void {
    const { exitCode, message, reason = exitCode === 0 ? 'Completed' : 'Error' } = exit;
    const startedAt = timestamp(this.running ? this.#startedAt : now);
    const times = { startedAt, finishedAt: timestamp(now) };
    this.#set({ terminated: { exitCode, reason, ...(message ? { message } : {}), ...times } });
  }

  /** @param init an init container is ready once it has completed. */
  status(init: boolean): ContainerStatus {
    const image = this.container.image ?? '';
    return {
      name: this.container.name,
      image,
      imageID: image,
      ...(this.#id === undefined ? {} : { containerID: this.#id }),
      ready: init ? this.#state.terminated?.exitCode === 0 : this.#ready,
      started: this.#started,
      restartCount: this.restartCount,
      state: this.#state,
      ...(this.#lastState === undefined ? {} : { lastState: this.#lastState }),
    };
  }

  #set(state: ContainerState): void {
    this.#state = state;
    this.#started = false;
    this.#ready = false;
    this.onChange();
  }
}
