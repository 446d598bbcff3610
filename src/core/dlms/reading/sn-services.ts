// Reading by short names (Green Book 9.4.6.7): Read, with the names of the meter's own object list.
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import type { Association } from '../association/association';
import type { Attribute, DataResult } from '../apdu/get';
import {
  decodeReadResponse,
  decodeReadResults,
  encodeReadRequest,
  type ReadResult,
  type Variable,
} from '../apdu/sn-read';
import { objectKey, objectsOfSn } from '../model/objects';
import { joinedBlocks, type DataBlock, type AnswerParts } from './data-blocks';
import { inLists, type AttributeResult } from './list-halving';
import type { MeterKnowledge } from './meter-memory';

export class SnServices {
  /** Short names by class and logical name, and the object list they are of: another meter's mean other attributes. */
  private names: { readonly of: MeterKnowledge['objects']; readonly byKey: ReadonlyMap<string, number> } | undefined;

  constructor(
    private readonly association: Association,
    private readonly notes: MeterKnowledge,
    private readonly room: number,
  ) {}

  *get(wanted: readonly Attribute[]): Dialogue<readonly AttributeResult[]> {
    const { notes, room } = this;
    const variables: Variable[] = [];
    for (const attribute of wanted) variables.push(yield* this.variableOf(attribute));
    return yield* inLists(
      variables,
      {
        room,
        limit: this.association.has('multipleReferences') ? notes.listLimit : 1,
        sizeOf: (one) => encodeReadRequest([one]).length,
        one: (variable) => this.readOne(variable, []),
        list: (list) => this.readVariables(list, []),
      },
      notes,
    );
  }

  *getOne(attribute: Attribute, progress: AnswerParts): Dialogue<DataResult> {
    return yield* this.readOne(yield* this.variableOf(attribute), progress);
  }

  private *readOne(variable: Variable, progress: AnswerParts): Dialogue<DataResult> {
    return (yield* this.readVariables([variable], progress))[0] ?? { refused: OTHER_REASON };
  }

  private *readVariables(variables: readonly Variable[], progress: AnswerParts): Dialogue<readonly DataResult[]> {
    let results = yield* this.read(variables);
    const [block] = results;
    if (results.length === 1 && block && 'raw' in block) results = yield* this.joined(block, progress);
    if (results.length !== variables.length)
      throw failure('cosem.resultCount', { came: results.length, asked: variables.length });
    return results.map((result) => {
      if ('raw' in result) throw failure('cosem.otherKind', {});
      return result;
    });
  }

  private *joined(first: DataBlock, progress: AnswerParts): Dialogue<readonly ReadResult[]> {
    const whole = yield* joinedBlocks(first, progress, (block) => this.nextBlock(block));
    return 'ended' in whole ? whole.ended : decodeReadResults(whole.raw);
  }

  private *nextBlock(block: number): Dialogue<DataBlock | { readonly ended: readonly ReadResult[] }> {
    const [next] = yield* this.read([{ kind: 'block', block }]);
    return next && 'raw' in next ? next : { ended: next ? [next] : [] };
  }

  private *read(variables: readonly Variable[]): Dialogue<readonly ReadResult[]> {
    return decodeReadResponse(yield* this.association.request(encodeReadRequest(variables)));
  }

  /** Attribute n of an object stands at base name + 8 x (n - 1) (Blue Book 4.4.3, short name mapping). */
  private *variableOf(attribute: Attribute): Dialogue<Variable> {
    const base = yield* this.baseNameOf(attribute);
    const name = (base + 8 * (attribute.attribute - 1)) & 0xffff;
    return attribute.selection
      ? { kind: 'parameterised', name, selection: attribute.selection }
      : { kind: 'name', name };
  }

  private *baseNameOf({ classId, instance }: Attribute): Dialogue<number> {
    const key = objectKey(classId, instance);
    if (key === ASSOCIATION_SN_KEY) return this.association.vaaName;
    if (key === DEVICE_NAME_KEY) return DEVICE_NAME_BASE;
    const objects = (this.notes.objects ??= yield* this.objectsOfAssociation());
    if (this.names?.of !== objects)
      this.names = {
        of: objects,
        byKey: new Map(objects.map((object) => [objectKey(object.classId, object.instance), object.baseName ?? 0])),
      };
    return this.names.byKey.get(key) ?? NO_SUCH_NAME;
  }

  private *objectsOfAssociation(): Dialogue<ReturnType<typeof objectsOfSn>> {
    const [result] = yield* this.readVariables([{ kind: 'name', name: this.association.vaaName + 8 }], []);
    if (!result || 'refused' in result) throw failure('cosem.noShortNames', {});
    return objectsOfSn(result.data);
  }
}

const OTHER_REASON = 250;
const ASSOCIATION_SN_KEY = '12/0000280000ff';
const DEVICE_NAME_KEY = '1/00002a0000ff';
/** Reserved base name of the COSEM logical device name (Blue Book 4.1.3). */
const DEVICE_NAME_BASE = 0xfd00;
/** No object stands at short name 0: the meter answers that there is none. */
const NO_SUCH_NAME = 0x0000;
