// Reading attributes over an open association (Green Book 9.4.6): GET, GET-WITH-LIST, ACCESS, or Read of short names -
// whichever the meter granted and costs fewest round trips. A refusal is a result, not an error.
import { concatBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { asReadError, ReadError, type ErrorCode } from '../../wire/errors';
import type { Association } from '../association/association';
import { decodeData } from '../apdu/axdr';
import type { MeterNotes } from './meter-memory';
import { objectKey, objectsOfSn } from '../model/objects';
import { listsOf } from './round-trips';
import { decodeAccessResponse, encodeAccessRequest } from '../apdu/access';
import {
  decodeGetResponse,
  decodeResultList,
  encodeAttribute,
  encodeGetRequest,
  unfinishedData,
  type Attribute,
  type DataResult,
  type GetRequest,
  type GetResponse,
} from '../apdu/get';
import {
  decodeReadResponse,
  decodeReadResults,
  encodeReadRequest,
  type ReadResult,
  type Variable,
} from '../apdu/sn-read';

/** A value that cannot be decoded costs its own attribute, not the others. */
export type AttributeResult = DataResult | { readonly failed: ReadError };

/** Parts of a long answer in the order they came: what a break leaves behind. */
export type Progress = Uint8Array[];

export class Services {
  /** Short names by class and logical name, and the object list they are of: another meter's mean other attributes. */
  private names: { readonly of: MeterNotes['objects']; readonly byKey: ReadonlyMap<string, number> } | undefined;

  constructor(
    private readonly association: Association,
    private readonly notes: MeterNotes,
    private readonly isShortName: boolean,
    /** Octets that the protection adds to a request. */
    private readonly overhead: number,
  ) {}

  /** Whether parts of a buffer can be asked for. */
  get canSelect(): boolean {
    return this.association.has(this.isShortName ? 'parameterizedAccess' : 'selectiveAccess');
  }

  /** Whether several attributes cost no more round trips than one. */
  get canList(): boolean {
    const { association, notes } = this;
    return (
      notes.listLimit >= FEW &&
      (association.has('multipleReferences') || (!this.isShortName && association.has('access')))
    );
  }

  /** One result per wanted attribute, in their order. */
  *get(wanted: readonly Attribute[]): Dialogue<readonly AttributeResult[]> {
    if (this.isShortName) return yield* this.readAll(wanted);
    const canList = this.association.has('multipleReferences') || this.association.has('access');
    const room = this.association.maxPdu === 0 ? Infinity : this.association.maxPdu - LIST_HEAD - this.overhead;
    const lists = listsOf(wanted, (one) => encodeAttribute(one).length, room, canList ? this.notes.listLimit : 1);
    const results: AttributeResult[] = [];
    for (const list of lists) results.push(...(yield* this.getList(list)));
    return results;
  }

  /** One attribute; `progress` keeps the parts of a long answer as they come. */
  *getOne(attribute: Attribute, progress: Progress = []): Dialogue<DataResult> {
    if (this.isShortName)
      return (yield* this.readVariables([yield* this.variableOf(attribute)], progress))[0] ?? { refused: OTHER_REASON };
    const response = yield* this.firstAnswer(attribute, progress);
    if (response.kind === 'normal') return response.result;
    if (response.kind === 'with-list') throw unexpected('a list for one attribute');
    const whole = yield* this.joined(response, progress);
    return 'raw' in whole ? { data: decodeData(whole.raw) } : whole;
  }

  /** An answer in one APDU that breaks off leaves what came of it in `progress`. */
  private *firstAnswer(attribute: Attribute, progress: Progress): Dialogue<GetResponse> {
    const invoke = this.association.nextInvoke();
    try {
      return yield* this.getAnswer({ kind: 'normal', invoke, attribute });
    } catch (thrown) {
      const { unfinished } = this.association;
      const data = unfinished && unfinishedData(unfinished, invoke);
      if (data) progress.push(data);
      throw thrown;
    }
  }

  private *getList(list: readonly Attribute[]): Dialogue<readonly AttributeResult[]> {
    const [only] = list;
    if (list.length === 1 && only) return [yield* this.getAlone(only)];
    try {
      const results = this.association.has('multipleReferences')
        ? yield* this.withList(list)
        : yield* this.access(list);
      if (results.length !== list.length) throw unexpected(`${results.length} results for ${list.length} attributes`);
      this.notes.silentLists = 0;
      return results;
    } catch (thrown) {
      const error = asReadError(thrown);
      this.learnFromList(error, list.length);
      if (!LIST_REFUSALS.has(error.code)) throw error;
    }
    const results: AttributeResult[] = [];
    for (const half of listsOf(list, () => 1, Infinity, Math.min(this.notes.listLimit, Math.floor(list.length / 2))))
      results.push(...(yield* this.getList(half)));
    return results;
  }

  private *getAlone(attribute: Attribute): Dialogue<AttributeResult> {
    try {
      return yield* this.getOne(attribute);
    } catch (thrown) {
      const failed = asReadError(thrown, 'decode');
      if (failed.code !== 'BAD_VALUE') throw failed;
      return { failed };
    }
  }

  /** A meter that refuses a list may take a shorter one; one that twice falls silent at it is treated alike. */
  private learnFromList(error: ReadError, length: number): void {
    const isSilent = error.code === 'NO_REPLY';
    if (isSilent) this.notes.silentLists++;
    const isRefused = error.code === 'REQUEST_REFUSED' || error.code === 'ACCESS_DENIED'; // one value that cannot be decoded says nothing about lists
    if (isRefused || (isSilent && this.notes.silentLists > 1))
      this.notes.listLimit = Math.max(1, Math.floor(length / 2));
  }

  private *withList(attributes: readonly Attribute[]): Dialogue<readonly DataResult[]> {
    const response = yield* this.getAnswer({ kind: 'with-list', invoke: this.association.nextInvoke(), attributes });
    if (response.kind === 'with-list') return response.results;
    if (response.kind === 'normal')
      throw new ReadError('REQUEST_REFUSED', 'the meter answered a list of attributes with one result');
    const whole = yield* this.joined(response, []);
    if ('refused' in whole) throw new ReadError('REQUEST_REFUSED', 'the meter refused the list of attributes');
    return decodeResultList(whole.raw);
  }

  private *access(attributes: readonly Attribute[]): Dialogue<readonly DataResult[]> {
    const invoke = 0x40000000 | (this.association.nextInvoke() & 0x0f); // confirmed; not self-descriptive, not in blocks
    for (
      let answer = yield* this.association.request(encodeAccessRequest(invoke, attributes)), tries = 0;
      ;
      answer = yield* this.association.await(), tries++
    ) {
      const response = decodeAccessResponse(answer);
      if ((response.invoke & 0xffffff) === (invoke & 0xffffff)) return response.results;
      if (tries >= MAX_STRAYS) throw unexpected('an answer to another request');
    }
  }

  /** The answer to this very request: a late one to an earlier request is passed over. */
  private *getAnswer(request: GetRequest): Dialogue<GetResponse> {
    for (
      let answer = yield* this.association.request(encodeGetRequest(request)), tries = 0;
      ;
      answer = yield* this.association.await(), tries++
    ) {
      const response = decodeGetResponse(answer);
      if ((response.invoke & 0x0f) === (request.invoke & 0x0f)) return response;
      if (tries >= MAX_STRAYS) throw unexpected('an answer to another request');
    }
  }

  /** The parts of an answer in data blocks, asked for one by one (Green Book 9.4.6.3, service-specific block transfer). */
  private *joined(
    first: Extract<GetResponse, { kind: 'block' }>,
    progress: Progress,
  ): Dialogue<{ raw: Uint8Array } | { refused: number }> {
    checkOrder(first.block, 1);
    for (let block = first, octets = 0; ;) {
      if ('refused' in block.result) return block.result;
      progress.push(block.result.raw);
      octets += block.result.raw.length;
      if (block.isLast) return { raw: concatBytes(...progress) };
      if (octets > MAX_OCTETS || progress.length > MAX_BLOCKS) throw unexpected('blocks without end');
      const next = yield* this.getAnswer({ kind: 'next', invoke: first.invoke, block: block.block });
      if (next.kind !== 'block') {
        if (next.kind === 'normal' && 'refused' in next.result) return next.result;
        throw unexpected('another answer between blocks');
      }
      checkOrder(next.block, block.block + 1);
      block = next;
    }
  }

  private *readAll(wanted: readonly Attribute[]): Dialogue<readonly AttributeResult[]> {
    const variables: Variable[] = [];
    for (const attribute of wanted) variables.push(yield* this.variableOf(attribute));
    const room = this.association.maxPdu === 0 ? Infinity : this.association.maxPdu - LIST_HEAD - this.overhead;
    const limit = this.association.has('multipleReferences') ? this.notes.listLimit : 1;
    const results: AttributeResult[] = [];
    for (const list of listsOf(variables, (one) => encodeReadRequest([one]).length, room, limit))
      results.push(...(yield* this.readList(list)));
    return results;
  }

  private *readList(list: readonly Variable[]): Dialogue<readonly AttributeResult[]> {
    try {
      return yield* this.readVariables(list, []);
    } catch (thrown) {
      const error = asReadError(thrown, 'decode');
      if (list.length === 1 && error.code === 'BAD_VALUE') return [{ failed: error }];
      if (list.length > 1) this.learnFromList(error, list.length);
      if (list.length === 1 || !LIST_REFUSALS.has(error.code)) throw error;
    }
    const results: AttributeResult[] = [];
    for (const half of listsOf(list, () => 1, Infinity, Math.min(this.notes.listLimit, Math.floor(list.length / 2))))
      results.push(...(yield* this.readList(half)));
    return results;
  }

  private *readVariables(variables: readonly Variable[], progress: Progress): Dialogue<readonly DataResult[]> {
    let results = decodeReadResponse(yield* this.association.request(encodeReadRequest(variables)));
    const [block] = results;
    if (results.length === 1 && block && 'raw' in block) results = yield* this.joinedRead(block, progress);
    if (results.length !== variables.length)
      throw unexpected(`${results.length} results for ${variables.length} variables`);
    return results.map((result) => {
      if ('raw' in result) throw unexpected('a block among results');
      return result;
    });
  }

  private *joinedRead(
    first: Extract<ReadResult, { raw: Uint8Array }>,
    progress: Progress,
  ): Dialogue<readonly ReadResult[]> {
    checkOrder(first.block, 1);
    for (let block = first, octets = 0; ;) {
      progress.push(block.raw);
      octets += block.raw.length;
      if (block.isLast) return decodeReadResults(concatBytes(...progress));
      if (octets > MAX_OCTETS || progress.length > MAX_BLOCKS) throw unexpected('blocks without end');
      const [next] = decodeReadResponse(
        yield* this.association.request(encodeReadRequest([{ kind: 'block', block: block.block }])),
      );
      if (!next || !('raw' in next)) return next ? [next] : [];
      checkOrder(next.block, block.block + 1);
      block = next;
    }
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
    if (!result || 'refused' in result)
      throw new ReadError(
        'ACCESS_DENIED',
        'the meter does not show its short-name object list to this client; use another client SAP',
      );
    return objectsOfSn(result.data);
  }
}

/** Blocks are numbered from 1 (Green Book 9.4.6.3). */
function checkOrder(came: number, due: number): void {
  if (came !== due)
    throw new ReadError('BAD_FRAME', `block ${came} came where ${due} was due; a block was lost or came twice`);
}

const unexpected = (what: string): ReadError =>
  new ReadError('BAD_VALUE', `the meter sent ${what}; note its type and firmware and report it`);

/** Answers that say "not like this": a shorter list may go. Silence and noise say nothing about lists. */
const LIST_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['REQUEST_REFUSED', 'BAD_VALUE', 'ACCESS_DENIED']);
const LIST_HEAD = 8;
const FEW = 5;
const MAX_STRAYS = 3;
const MAX_BLOCKS = 8192;
const MAX_OCTETS = 16 * 1024 * 1024;
const OTHER_REASON = 250;
const ASSOCIATION_SN_KEY = '12/0000280000ff';
const DEVICE_NAME_KEY = '1/00002a0000ff';
/** Reserved base name of the COSEM logical device name (Blue Book 4.1.3). */
const DEVICE_NAME_BASE = 0xfd00;
/** No object stands at short name 0: the meter answers that there is none. */
const NO_SUCH_NAME = 0x0000;
