// Vectors of the DLMS codecs.
import { vectorFile } from '../../support/vectors';

export interface Vector {
  readonly id: string;
  readonly layer: string;
  readonly hex: string;
  readonly expect: Record<string, unknown>;
  readonly blocks?: readonly string[];
}
export const VECTORS = vectorFile<{ vectors: readonly Vector[] }>('dlms.json').vectors;
