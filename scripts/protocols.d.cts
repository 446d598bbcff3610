/** A row of the table of protocols, with the place of each part: from the root and without ending. */
export interface ProtocolRow {
  readonly protocol: string;
  /** The type of the node that reads it. */
  readonly node: string;
  /** The one folder of all its parts but the node, if it has one. */
  readonly folder?: string;
  /** Kinds of simulated meters. */
  readonly meters: readonly string[];
  /** Files of other rooms that its reader uses. */
  readonly alsoReads: readonly string[];
  readonly parts: { readonly core: string; readonly reader: string; readonly kinds: string; readonly nodes: string };
  /** Its rooms of reasons: the name in the catalogs, and where table and words stand. */
  readonly rooms: readonly {
    readonly room: string;
    readonly reasons: string;
    readonly table: string;
    words(language: string): string;
  }[];
}

/** The table of this house, or of the one at `root`. */
export function rowsOf(root?: string): readonly ProtocolRow[];
/** The files made from the table that are not as the table says: by path, the text that each is to have. */
export function stale(root?: string): ReadonlyMap<string, string>;
