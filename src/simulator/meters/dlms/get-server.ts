// GET, ACCESS and Read of a simulated COSEM server (Green Book 9.4.6, server side), long answers in data blocks.
import { type Data } from '../../../core/dlms/apdu/axdr';
import { encodeData } from '../../../core/dlms/apdu/axdr-encode';
import { decodeAccessRequest, encodeAccessResponse } from '../../../core/dlms/apdu/access';
import {
  decodeGetRequest,
  encodeGetResponse,
  encodeResultList,
  type Attribute,
  type DataResult,
} from '../../../core/dlms/apdu/get';
import {
  decodeReadRequest,
  encodeReadResponse,
  encodeReadResults,
  type ReadResult,
  type Variable,
} from '../../../core/dlms/apdu/sn-read';
import { findByShortName, readAttribute, REFUSED } from './model';
import type { ServerAssociation, ServerOptions } from './server-types';

export function getAnswer(
  plain: Uint8Array,
  association: ServerAssociation,
  options: ServerOptions,
  limit: number,
): Uint8Array {
  const request = decodeGetRequest(plain);
  const { invoke } = request;
  if (request.kind === 'next') return nextBlock(invoke, request.block, association, limit);
  association.long = undefined;
  if (request.kind === 'normal') {
    const result = resultOf(request.attribute, association, options);
    const whole = encodeGetResponse({ kind: 'normal', invoke, result });
    if (whole.length <= limit || !('data' in result)) return whole;
    return firstBlock(invoke, encodeData(result.data), association, limit);
  }
  const results = request.attributes.map((attribute) => resultOf(attribute, association, options));
  const whole = encodeGetResponse({ kind: 'with-list', invoke, results });
  return whole.length <= limit ? whole : firstBlock(invoke, encodeResultList(results), association, limit);
}

export function accessAnswer(plain: Uint8Array, association: ServerAssociation, options: ServerOptions): Uint8Array {
  const { invoke, attributes } = decodeAccessRequest(plain);
  return encodeAccessResponse(
    invoke,
    attributes.map((attribute) => resultOf(attribute, association, options)),
  );
}

export function readAnswer(
  plain: Uint8Array,
  association: ServerAssociation,
  options: ServerOptions,
  limit: number,
): Uint8Array {
  const variables = decodeReadRequest(plain);
  const [first] = variables;
  if (first?.kind === 'block') return nextReadBlock(first.block, association, limit);
  const results = variables.map((variable) => variableResult(variable, association, options));
  const whole = encodeReadResponse(results);
  if (whole.length <= limit) return whole;
  association.long = { raw: encodeReadResults(results), at: 0, block: 0, isList: true };
  return nextReadBlock(0, association, limit);
}

function resultOf(
  { classId, instance, attribute, selection }: Attribute,
  association: ServerAssociation,
  options: ServerOptions,
): DataResult {
  const found = readAttribute(options.objects, classId, instance, attribute, association.client);
  if (typeof found === 'number') return { refused: found };
  if (!selection) return { data: found };
  const object = options.objects.find(
    (candidate) => candidate.classId === classId && candidate.instance.every((octet, i) => octet === instance[i]),
  );
  return asResult(object?.select?.(selection.selector, selection.parameter) ?? REFUSED.mismatch);
}

function variableResult(variable: Variable, association: ServerAssociation, options: ServerOptions): ReadResult {
  if (variable.kind === 'block') return { refused: REFUSED.noBlock };
  const found = findByShortName(options.objects, variable.name);
  if (!found) return { refused: REFUSED.undefined };
  const { object, attribute } = found;
  const selection = variable.kind === 'parameterised' ? { selection: variable.selection } : {};
  return resultOf(
    { classId: object.classId, instance: object.instance, attribute, ...selection },
    association,
    options,
  );
}

function firstBlock(invoke: number, raw: Uint8Array, association: ServerAssociation, limit: number): Uint8Array {
  association.long = { raw, at: 0, block: 0, isList: false };
  return nextBlock(invoke, 0, association, limit);
}

/** The block behind the acknowledged one; any other number ends the transfer. */
function nextBlock(invoke: number, acknowledged: number, association: ServerAssociation, limit: number): Uint8Array {
  const { long } = association;
  const refusal = (refused: number): Uint8Array =>
    encodeGetResponse({ kind: 'block', invoke, isLast: true, block: acknowledged, result: { refused } });
  if (!long) return refusal(REFUSED.noBlock);
  if (acknowledged !== long.block) {
    association.long = undefined;
    return refusal(REFUSED.blockNumber);
  }
  const raw = long.raw.slice(long.at, long.at + limit - BLOCK_HEAD);
  long.at += raw.length;
  long.block++;
  return encodeGetResponse({
    kind: 'block',
    invoke,
    isLast: long.at >= long.raw.length,
    block: long.block,
    result: { raw },
  });
}

function nextReadBlock(acknowledged: number, association: ServerAssociation, limit: number): Uint8Array {
  const { long } = association;
  if (!long || acknowledged !== long.block) return encodeReadResponse([{ refused: REFUSED.blockNumber }]);
  const raw = long.raw.slice(long.at, long.at + limit - BLOCK_HEAD);
  long.at += raw.length;
  long.block++;
  return encodeReadResponse([{ isLast: long.at >= long.raw.length, block: long.block, raw }]);
}

const asResult = (found: Data | number): DataResult =>
  typeof found === 'number' ? { refused: found } : { data: found };

/** Head of a data-block APDU with a length of three octets, and room for its protection. */
const BLOCK_HEAD = 12;
