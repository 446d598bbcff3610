// The association that a read goes over: it may be another one from one request to the next.
import type { Dialogue } from '../../wire/dialogue';
import type { Association } from '../association/association';

/** The one association that is open, and how to have another. */
export interface OpenAssociation {
  association: Association;
  /** A new one in its place, for a meter that no longer answers as it should in this one. */
  renew(): Dialogue<void>;
}
