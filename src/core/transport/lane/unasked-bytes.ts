// What nobody asked for: told to whoever listens, and counted. `isCut` says that bytes do not follow the last ones (a
// job took some, or the link was away), so that two halves are never joined.

export type UnaskedListener = (bytes: Uint8Array, isCut: boolean) => void;

export class UnaskedBytes {
  private readonly ears = new Set<UnaskedListener>();
  private isCut = false;
  /** Bytes so far. */
  bytes = 0;

  /** Somebody wants what nobody asked for. */
  get hasListener(): boolean {
    return this.ears.size > 0;
  }

  add(ear: UnaskedListener): () => void {
    this.ears.add(ear);
    return () => void this.ears.delete(ear);
  }

  /** Something of the line went elsewhere, or may be lost. */
  cut(): void {
    this.isCut = true;
  }

  say(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    const { isCut } = this;
    this.isCut = false;
    for (const ear of [...this.ears]) ear(bytes, isCut);
  }
}
