// The application layer of a simulated COSEM server (Green Book 9.4, server side): one APDU in, its answers out. One
// association per client SAP; everything a real meter does differently is a switch.
import { decodeEnvelope } from '../../../core/dlms/security/ciphering';
import { decodeRelease, encodeRlre } from '../../../core/dlms/apdu/acse';
import { encodeException } from '../../../core/dlms/apdu/exception';
import { acceptAssociation, replyToHls } from './association-server';
import { BlockServer } from './block-server';
import { accessAnswer, getAnswer, readAnswer } from './get-server';
import { openRequest, sealAnswer } from './security-server';
import type { ServerAssociation, ServerOptions } from './server-types';

export class DlmsServer {
  private readonly associations = new Map<number, ServerAssociation>();
  private readonly blocks = new Map<number, BlockServer>();
  private heard = 0;
  private lastAnswer: Uint8Array | undefined;
  /** Plain requests as they were understood, for tests. */
  readonly requests: Uint8Array[] = [];

  constructor(readonly options: ServerOptions) {}

  /** The lower layer was connected anew or closed: the association is gone with it. */
  reset(client: number): void {
    this.associations.delete(client);
    this.blocks.delete(client);
  }

  /** All answers to one APDU; more than one only when blocks are streamed or something is sent unasked. */
  hear(apdu: Uint8Array, client: number): readonly Uint8Array[] {
    this.heard++;
    if (this.heard === this.options.quirks.deafAfter) return [];
    try {
      return this.answers(apdu, client);
    } catch {
      return [encodeException({ stateError: 1, serviceError: 1 })]; // an APDU that cannot be understood
    }
  }

  private answers(apdu: Uint8Array, client: number): readonly Uint8Array[] {
    if (apdu[0] === 0x60) return [this.associate(apdu, client)];
    const association = this.associations.get(client);
    if (!association) return [encodeException({ stateError: 1, serviceError: 1 })];
    if (apdu[0] === 0x62) return [this.release(apdu, client)];
    if (apdu[0] === 0xe0) return this.blockServer(client).hear(apdu, (whole) => this.answer(whole, association));
    const answer = this.answer(apdu, association);
    if (!answer) return [];
    const unasked = this.unasked();
    this.lastAnswer = answer;
    return [...unasked, ...(this.isLong(answer, association) ? this.blockServer(client).begin(answer, 1) : [answer])];
  }

  private associate(apdu: Uint8Array, client: number): Uint8Array {
    this.reset(client);
    const { quirks } = this.options;
    if (quirks.aareInstead) return quirks.aareInstead;
    const accepted = acceptAssociation(apdu, client, this.options);
    if (accepted.association) this.associations.set(client, accepted.association);
    return accepted.aare;
  }

  private release(apdu: Uint8Array, client: number): Uint8Array {
    if (this.options.quirks.refusesRelease) return encodeException({ stateError: 1, serviceError: 2 });
    decodeRelease(apdu, 0x62);
    this.reset(client);
    return encodeRlre(undefined);
  }

  private answer(apdu: Uint8Array, association: ServerAssociation): Uint8Array | undefined {
    const envelope = decodeEnvelope(apdu);
    const opened = openRequest(apdu, envelope, association, this.options);
    if ('refused' in opened) return opened.refused;
    this.requests.push(opened.plain);
    const plain = this.plainAnswer(opened.plain, association);
    if (!plain) return undefined;
    return plain[0] === 0xd8 || plain[0] === 0x0e ? plain : sealAnswer(plain, envelope, association, this.options);
  }

  private plainAnswer(plain: Uint8Array, association: ServerAssociation): Uint8Array | undefined {
    const { quirks } = this.options;
    if (plain[0] === 0xc3 || (plain[0] === 0x05 && association.pendingHls))
      return replyToHls(plain, association, this.options);
    if (association.pendingHls) return encodeException({ stateError: 1, serviceError: 1 });
    const isList = plain[0] === 0xc0 && plain[1] === 0x03;
    if (
      isList &&
      (quirks.lists === 'exception' || (quirks.longestList !== undefined && (plain[3] ?? 0) > quirks.longestList))
    )
      return encodeException({ stateError: 1, serviceError: 2 });
    if (isList && quirks.lists === 'silent') return undefined;
    if (isList && quirks.lists === 'single') return Uint8Array.of(0xc4, 0x01, plain[2] ?? 0, 0x01, 250);
    const limit = this.limitOf(association);
    switch (plain[0]) {
      case 0xc0:
        return getAnswer(plain, association, this.options, limit);
      case 0xd9:
        return accessAnswer(plain, association, this.options);
      case 0x05:
        return readAnswer(plain, association, this.options, limit);
      default:
        return encodeException({ stateError: 2, serviceError: 2 });
    }
  }

  private unasked(): readonly Uint8Array[] {
    const { quirks } = this.options;
    const stray = quirks.strays && this.lastAnswer ? [this.lastAnswer] : [];
    return [...(quirks.notifies ? [quirks.notifies] : []), ...stray];
  }

  private limitOf(association: ServerAssociation): number {
    if (this.options.generalBlocks && association.hasGeneralBlocks) return Infinity;
    return Math.min(this.options.sendPdu, association.clientMaxPdu || Infinity);
  }

  private isLong(answer: Uint8Array, association: ServerAssociation): boolean {
    return (
      this.options.generalBlocks === true &&
      association.hasGeneralBlocks &&
      answer.length > Math.min(this.options.sendPdu, association.clientMaxPdu || Infinity)
    );
  }

  private blockServer(client: number): BlockServer {
    const found =
      this.blocks.get(client) ?? new BlockServer(this.options.sendPdu, this.options.quirks.losesBlocks ?? []);
    this.blocks.set(client, found);
    return found;
  }
}
