// Reading attributes over an open association (Green Book 9.4.6), by logical or by short names, in the fewest round
// trips that the meter grants. A refusal is a result, not an error.
import type { Dialogue } from '../../wire/dialogue';
import type { Association } from '../association/association';
import type { Attribute, DataResult } from '../apdu/get';
import type { AnswerParts, Enough } from './data-blocks';
import type { AttributeResult } from './list-halving';
import { LnServices } from './ln-services';
import type { MeterKnowledge } from './meter-memory';
import type { OpenAssociation } from './open-association';
import { SnServices } from './sn-services';

export type { AnswerParts } from './data-blocks';
export type { AttributeResult } from './list-halving';

/** Reads attributes by whichever service the meter granted. */
export class Services {
  private readonly open: OpenAssociation;
  private readonly way: LnServices | SnServices;

  constructor(
    association: Association,
    private readonly notes: MeterKnowledge,
    private readonly isShortName: boolean,
    /** Octets that the protection adds to a request. */
    overhead: number,
    /** A new association in place of one in which the meter no longer answers as it should. */
    renewed?: () => Dialogue<Association>,
  ) {
    const open: OpenAssociation = {
      association,
      *renew() {
        if (renewed) open.association = yield* renewed();
      },
    };
    this.open = open;
    const { maxPdu } = association;
    const room = maxPdu === 0 ? Infinity : maxPdu - LIST_HEAD - overhead;
    this.way = isShortName ? new SnServices(open, notes, room) : new LnServices(open.association, notes, room);
  }

  /** Whether parts of a buffer can be asked for. */
  get canSelect(): boolean {
    return this.open.association.has(this.isShortName ? 'parameterizedAccess' : 'selectiveAccess');
  }

  /** Whether several attributes cost no more round trips than one. */
  get canList(): boolean {
    const { notes } = this;
    const { association } = this.open;
    const isGranted = association.has('multipleReferences') || (!this.isShortName && association.has('access'));
    return notes.listLimit >= FEW && isGranted;
  }

  /** Whether the session may be opened once more with general block transfer. */
  get canAskBlocks(): boolean {
    return this.open.association.canAskBlocks;
  }

  /** One result per wanted attribute, in their order. */
  *get(wanted: readonly Attribute[]): Dialogue<readonly AttributeResult[]> {
    return yield* this.way.get(wanted);
  }

  /** One attribute; `progress` keeps the parts of a long answer as they come. */
  *getOne(attribute: Attribute, progress: AnswerParts = [], isEnough?: Enough): Dialogue<DataResult> {
    return yield* this.way.getOne(attribute, progress, isEnough);
  }
}

const LIST_HEAD = 8;
const FEW = 5;
