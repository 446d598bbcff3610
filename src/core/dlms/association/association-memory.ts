// What associations with one meter hand on to each other.

/** Kept per meter, and changed by its associations as they learn. */
export interface AssociationMemory {
  /**
   * Of the last request: the next one goes on from it, so that a late answer to an earlier association matches nothing.
   */
  invokeId: number;
  /** The meter answered in general blocks. */
  hasGeneralBlocks: boolean;
  /** General blocks in a row that worked with this meter. */
  blockWindow: number;
  /** More than one block in a row did not. */
  hasNarrowBlocks: boolean;
  /** Something did not fit without general block transfer, which was not asked for. */
  needsGeneralBlocks: boolean;
}

/** What is assumed of a meter that was never talked to. */
export function freshAssociationMemory(): AssociationMemory {
  return { invokeId: 0, hasGeneralBlocks: false, blockWindow: 1, hasNarrowBlocks: false, needsGeneralBlocks: false };
}
