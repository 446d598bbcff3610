// Reading by short names (Green Book 9.4.6.7): Read, with the names of the meter's own object list.
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import type { OpenAssociation } from './open-association';
import type { Attribute, DataResult } from '../apdu/get';
import {
  decodeReadResponse,
  decodeReadResults,
  encodeReadRequest,
  type ReadResult,
  type Variable,
} from '../apdu/sn-read';
import { objectKey, objectsOfSn } from '../model/objects';
import { joinedBlocks, type AnswerParts, type DataBlock, type Enough } from './data-blocks';
import { inLists, type AttributeResult, type ListWay } from './list-halving';
import type { MeterKnowledge } from './meter-memory';

/**
 * Reads by names of the meter's own list. What the list does not hold is not asked for: a wrong name ends some talks.
 */
export class SnServices {
  /** Short names by class and logical name, and the object list they are of: another meter's mean other attributes. */
  private names: { readonly of: MeterKnowledge['objects']; readonly byKey: ReadonlyMap<string, number> } | undefined;
  /**
   * The meter said of a name that it does not know it. Gurux Java then says so of every name, until the next session.
   */
  private isDoubtful = false;
  private renewals = 0;

  constructor(
    private readonly open: OpenAssociation,
    private readonly notes: MeterKnowledge,
    private readonly room: number,
  ) {}

  *get(wanted: readonly Attribute[]): Dialogue<readonly AttributeResult[]> {
    const { notes, room } = this;
    const variables: (Variable | Unnamed)[] = [];
    for (const attribute of wanted) variables.push(yield* this.variableOf(attribute));
    const known = variables.filter((one): one is Variable => !('refused' in one));
    const way: ListWay<Variable> = {
      room,
      limit: this.open.association.has('multipleReferences') ? notes.listLimit : 1,
      sizeOf: (one) => encodeReadRequest([one]).length,
      one: (variable) => this.readOne(variable, []),
      list: (list) => this.readVariables(list, []),
    };
    const results = [...(yield* inLists(known, way, notes))];
    return variables.map((one) => ('refused' in one ? one : (results.shift() ?? { refused: OTHER_REASON })));
  }

  *getOne(attribute: Attribute, parts: AnswerParts, isEnough?: Enough): Dialogue<DataResult> {
    const variable = yield* this.variableOf(attribute);
    return 'refused' in variable ? variable : yield* this.readOne(variable, parts, isEnough);
  }

  /** A name that is refused behind one that was is asked for once more, first of all in a new session. */
  private *readOne(variable: Variable, parts: AnswerParts, isEnough?: Enough): Dialogue<DataResult> {
    const wasDoubtful = this.isDoubtful;
    const [result = { refused: OTHER_REASON }] = yield* this.readVariables([variable], parts, isEnough);
    if (!wasDoubtful || !isUnknownName(result) || this.renewals >= MAX_RENEWALS) return result;
    this.renewals += 1;
    yield* this.open.renew();
    this.isDoubtful = false;
    return (yield* this.readVariables([variable], parts))[0] ?? { refused: OTHER_REASON };
  }

  private *readVariables(
    variables: readonly Variable[],
    parts: AnswerParts,
    isEnough?: Enough,
  ): Dialogue<readonly DataResult[]> {
    let results = yield* this.read(variables);
    const [block] = results;
    if (results.length === 1 && block && 'raw' in block) results = yield* this.joined(block, parts, isEnough);
    this.isDoubtful ||= results.some(isUnknownName);
    if (results.length !== variables.length)
      throw failure('cosem.resultCount', { came: results.length, asked: variables.length });
    return results.map((result) => {
      if ('raw' in result) throw failure('cosem.otherKind', {});
      return result;
    });
  }

  private *joined(first: DataBlock, parts: AnswerParts, isEnough?: Enough): Dialogue<readonly ReadResult[]> {
    const whole = yield* joinedBlocks(first, parts, (block) => this.nextBlock(block), isEnough);
    return 'ended' in whole ? whole.ended : decodeReadResults(whole.raw);
  }

  /**
   * The block that was asked on from may come once more, doubled by the network or by the meter: the next one follows
   * it.
   */
  private *nextBlock(block: number): Dialogue<DataBlock | { readonly ended: readonly ReadResult[] }> {
    let [next] = yield* this.read([{ kind: 'block', block }]);
    for (let strays = 0; next && 'raw' in next && next.block === block && strays < MAX_STRAYS; strays++)
      [next] = decodeReadResponse(yield* this.open.association.await());
    return next && 'raw' in next ? next : { ended: next ? [next] : [] };
  }

  private *read(variables: readonly Variable[]): Dialogue<readonly ReadResult[]> {
    return decodeReadResponse(yield* this.open.association.request(encodeReadRequest(variables)));
  }

  /** Attribute n of an object stands at base name + 8 x (n - 1) (Blue Book 4.4.3, short name mapping). */
  private *variableOf(attribute: Attribute): Dialogue<Variable | Unnamed> {
    const base = yield* this.baseNameOf(attribute);
    if (typeof base !== 'number') return base;
    const name = (base + 8 * (attribute.attribute - 1)) & 0xffff;
    return attribute.selection
      ? { kind: 'parameterised', name, selection: attribute.selection }
      : { kind: 'name', name };
  }

  private *baseNameOf({ classId, instance }: Attribute): Dialogue<number | Unnamed> {
    const key = objectKey(classId, instance);
    if (key === ASSOCIATION_SN_KEY) return this.open.association.vaaName;
    const list = this.notes.objects ?? (yield* this.objectsOfAssociation());
    // The name of the device is asked for along with everything: that it cannot be had is no end of the read.
    if ('refused' in list && key === DEVICE_NAME_KEY) return list;
    if ('refused' in list) throw failure('cosem.noShortNames', {});
    const objects = (this.notes.objects = list);
    if (this.names?.of !== objects)
      this.names = {
        of: objects,
        byKey: new Map(objects.map((object) => [objectKey(object.classId, object.instance), object.baseName ?? 0])),
      };
    return this.names.byKey.get(key) ?? { refused: OBJECT_UNDEFINED };
  }

  private *objectsOfAssociation(): Dialogue<ReturnType<typeof objectsOfSn> | Unnamed> {
    const result = yield* this.readOne({ kind: 'name', name: this.open.association.vaaName + 8 }, []);
    return 'refused' in result ? result : objectsOfSn(result.data);
  }
}

/** What stands in place of a name that the meter does not have. */
interface Unnamed {
  readonly refused: number;
}

function isUnknownName(result: ReadResult): boolean {
  return 'refused' in result && UNKNOWN_NAME.has(result.refused);
}

const OTHER_REASON = 250;
const OBJECT_UNDEFINED = 4;
/** object-undefined, object-class-inconsistent, object-unavailable: what meters say of a name that they do not have. */
const UNKNOWN_NAME: ReadonlySet<number> = new Set([OBJECT_UNDEFINED, 9, 11]);
const ASSOCIATION_SN_KEY = '12/0000280000ff';
const DEVICE_NAME_KEY = '1/00002a0000ff';
const MAX_STRAYS = 3;
/** Sessions that the unknown names of one association may cost. */
const MAX_RENEWALS = 16;
