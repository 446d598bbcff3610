// QoS 1 messages beyond the broker's Receive Maximum wait here for their turn (MQTT 5, clause 4.9).
export class PublishTurns {
  private inFlight = 0;
  private readonly waiting: (() => void)[] = [];

  /** `most` may change with the CONNACK; whoever is on the way stays so. */
  async take<R>(most: number, send: () => Promise<R>): Promise<R> {
    if (this.inFlight < most) this.inFlight += 1;
    else await new Promise<void>((start) => this.waiting.push(start));
    try {
      return await send();
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.inFlight -= 1;
    }
  }

  /** All go on, to be told that the connection has ended. */
  end(): void {
    for (const start of this.waiting.splice(0)) start();
  }
}
