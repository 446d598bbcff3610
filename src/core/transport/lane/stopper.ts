// A way to stop what is under way. AbortController does the same, but each costs an EventTarget and, when it is used, a
// DOMException with its stack: too much for what happens several times in every read.
import type { StopSignal } from './clock';

/** Calls each listener once. */
export class Stopper implements StopSignal {
  aborted = false;
  private readonly calls: (() => void)[] = [];

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (let call = this.calls.shift(); call; call = this.calls.shift()) call();
  }

  addEventListener(_type: 'abort', call: () => void): void {
    if (!this.aborted) this.calls.push(call);
  }

  removeEventListener(_type: 'abort', call: () => void): void {
    const at = this.calls.indexOf(call);
    if (at >= 0) this.calls.splice(at, 1);
  }
}
