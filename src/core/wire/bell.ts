// What a dialogue pauses for when another part has to be done first: rung by whoever did it.

export class Bell {
  private readonly waiting = new Set<() => void>();
  /** How often it rang. */
  times = 0;

  ring(): void {
    this.times++;
    for (const call of [...this.waiting]) call();
  }

  /** Calls at each ring until the returned function is called. */
  onRing(call: () => void): () => void {
    this.waiting.add(call);
    return () => this.waiting.delete(call);
  }
}
