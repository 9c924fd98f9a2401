import type { EventBus } from './nats';

/** Hints among processes of a service that a controller has work. Any may be lost: runners look by themselves too. */
export class Wakes {
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(
    private readonly service: string,
    private readonly bus: EventBus,
  ) {
    bus.subscribe(`wake.${service}.*`, (subject) => {
      this.#ringHere(subject.split('.').at(-1) ?? '');
    });
  }

  /** Wakes the controller's runner, here and in the other replicas. */
  ring(controller: string): void {
    this.#ringHere(controller);
    this.bus.hint(`wake.${this.service}.${controller}`);
  }

  listen(controller: string, wake: () => void): () => void {
    const set = this.#listeners.get(controller) ?? new Set();
    this.#listeners.set(controller, set.add(wake));
    return () => set.delete(wake);
  }

  #ringHere(controller: string): void {
    for (const wake of this.#listeners.get(controller) ?? []) wake();
  }
}
