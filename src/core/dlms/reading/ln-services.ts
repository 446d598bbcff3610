// Reading by logical names (Green Book 9.4.6.3): GET, GET-WITH-LIST or ACCESS, whichever the meter granted.
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import type { Association } from '../association/association';
import { decodeAccessResponse, encodeAccessRequest } from '../apdu/access';
import { decodeData } from '../apdu/axdr';
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
import { joinedBlocks, type AnswerParts, type DataBlock, type Enough } from './data-blocks';
import { inLists, type AttributeResult } from './list-halving';
import type { MeterKnowledge } from './meter-memory';

/** Reads by logical names over one association. */
export class LnServices {
  /** The last answer, for what can be had of one that is not as it should be. */
  private undecoded: Uint8Array | undefined;

  constructor(
    private readonly association: Association,
    private readonly notes: MeterKnowledge,
    private readonly room: number,
  ) {}

  *get(wanted: readonly Attribute[]): Dialogue<readonly AttributeResult[]> {
    const { association, notes, room } = this;
    const canList = association.has('multipleReferences') || association.has('access');
    return yield* inLists(
      wanted,
      {
        room,
        limit: canList ? notes.listLimit : 1,
        sizeOf: (one) => encodeAttribute(one).length,
        one: (attribute) => this.getOne(attribute, []),
        list: (list) => this.getList(list),
      },
      notes,
    );
  }

  *getOne(attribute: Attribute, progress: AnswerParts, isEnough?: Enough): Dialogue<DataResult> {
    const response = yield* this.firstAnswer(attribute, progress);
    if (response.kind === 'normal') return response.result;
    if (response.kind === 'with-list') throw failure('cosem.otherKind', {});
    const whole = yield* this.joined(response, progress, isEnough);
    return 'raw' in whole ? { data: decodeData(whole.raw) } : whole.ended;
  }

  /** An answer in one APDU that breaks off leaves what came of it in `progress`. */
  private *firstAnswer(attribute: Attribute, progress: AnswerParts): Dialogue<GetResponse> {
    const invoke = this.association.nextInvoke();
    try {
      return yield* this.getAnswer({ kind: 'normal', invoke, attribute });
    } catch (thrown) {
      const bytes = this.association.unfinished ?? this.undecoded;
      const data = bytes && unfinishedData(bytes, invoke);
      if (data) progress.push(data);
      throw thrown;
    }
  }

  private *getList(list: readonly Attribute[]): Dialogue<readonly DataResult[]> {
    const results = this.association.has('multipleReferences') ? yield* this.withList(list) : yield* this.access(list);
    if (results.length !== list.length)
      throw failure('cosem.resultCount', { came: results.length, asked: list.length });
    return results;
  }

  private *withList(attributes: readonly Attribute[]): Dialogue<readonly DataResult[]> {
    const response = yield* this.getAnswer({ kind: 'with-list', invoke: this.association.nextInvoke(), attributes });
    if (response.kind === 'with-list') return response.results;
    if (response.kind === 'normal') throw failure('cosem.listAnsweredByOne', {});
    const whole = yield* this.joined(response, []);
    if ('ended' in whole) throw failure('cosem.listRefused', {});
    return decodeResultList(whole.raw);
  }

  private *access(attributes: readonly Attribute[]): Dialogue<readonly DataResult[]> {
    // Confirmed; not self-descriptive, not in blocks.
    const invoke = 0x40000000 | (this.association.nextInvoke() & 0x0f);
    const apdu = encodeAccessRequest(invoke, attributes);
    const isOurs = (one: { readonly invoke: number }): boolean => (one.invoke & 0xffffff) === (invoke & 0xffffff);
    return (yield* this.answerTo(apdu, decodeAccessResponse, isOurs)).results;
  }

  private *getAnswer(request: GetRequest): Dialogue<GetResponse> {
    const isOurs = (one: GetResponse): boolean => (one.invoke & 0x0f) === (request.invoke & 0x0f);
    return yield* this.answerTo(encodeGetRequest(request), decodeGetResponse, isOurs);
  }

  /** The answer to this very request: a late one to an earlier request is passed over. */
  private *answerTo<R>(apdu: Uint8Array, decode: (answer: Uint8Array) => R, isOurs: (one: R) => boolean): Dialogue<R> {
    this.undecoded = undefined;
    let answer = yield* this.association.request(apdu);
    for (let strays = 0; ; strays++) {
      this.undecoded = answer;
      const response = decode(answer);
      if (isOurs(response)) return response;
      if (strays >= MAX_STRAYS) throw failure('cosem.otherAnswer', {});
      answer = yield* this.association.await();
    }
  }

  private *joined(
    first: Extract<GetResponse, { kind: 'block' }>,
    progress: AnswerParts,
    isEnough?: Enough,
  ): Dialogue<{ readonly raw: Uint8Array } | { readonly ended: { readonly refused: number } }> {
    const head = blockOf(first);
    if ('ended' in head) return head;
    const { invoke } = first;
    return yield* joinedBlocks(head, progress, (block) => this.nextBlock(invoke, block), isEnough);
  }

  /**
   * The block that was asked on from may come once more, doubled by the network or by the meter: the next one follows
   * it.
   */
  private *nextBlock(invoke: number, block: number): Dialogue<BlockOrEnd> {
    const isNext = (one: GetResponse): boolean =>
      (one.invoke & 0x0f) === (invoke & 0x0f) && !(one.kind === 'block' && one.block === block);
    const request = encodeGetRequest({ kind: 'next', invoke, block });
    const next = yield* this.answerTo(request, decodeGetResponse, isNext);
    if (next.kind === 'block') return blockOf(next);
    if (next.kind === 'normal' && 'refused' in next.result) return { ended: next.result };
    throw failure('cosem.otherKind', {});
  }
}

type BlockOrEnd = DataBlock | { readonly ended: { readonly refused: number } };

function blockOf({ block, isLast, result }: Extract<GetResponse, { kind: 'block' }>): BlockOrEnd {
  return 'refused' in result ? { ended: result } : { block, isLast, raw: result.raw };
}

const MAX_STRAYS = 3;
