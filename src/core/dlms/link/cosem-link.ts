// The seam of the COSEM stack: what the application layer asks of a transport, whichever it is. HDLC (IEC 62056-46)
// and the wrapper (IEC 62056-47) implement it, so association and read never know which of them carries an APDU.
import type { Dialogue } from '../../wire/dialogue';

/** A COSEM transport: carries whole APDUs between one client SAP and one server SAP. */
export interface CosemLink {
  /** SNRM/UA; nothing for the wrapper. */
  open(): Dialogue<void>;
  /** DISC/UA; says goodbye only if it ever said hello; idempotent. */
  close(): Dialogue<void>;
  /** Sends one APDU and returns the meter's next complete one. `ms` = the meter's time until it begins to answer. */
  exchange(apdu: Uint8Array, ms: number): Dialogue<Uint8Array>;
  /** The next complete APDU without sending one: streamed blocks, late blocks. */
  receive(ms: number): Dialogue<Uint8Array>;
  /** Sends one APDU and waits for nothing that the application layer of the meter would say. */
  send(apdu: Uint8Array): Dialogue<void>;
  /** Octets of one information field each way, as granted by the meter (to plan round trips). */
  readonly maxInfoTransmit: number;
  readonly maxInfoReceive: number;
  /** Without numbered frames a message that the network doubles is answered twice. */
  readonly mayRepeat?: boolean;
  /** No connection below the association: nothing frees a meter that still holds another client's. */
  readonly isConnectionless?: boolean;
  /** Told when an association of this client opened or was released, for the next client to know. */
  tellOpen?(isOpen: boolean): void;
  /** Clients whose talk with this meter was heard or begun on this line and not seen to end. */
  readonly otherClients?: readonly number[];
  /** Frames each way before an acknowledgement is due, as granted by the meter. */
  readonly windowTransmit: number;
  readonly windowReceive: number;
  /**
   * What arrived, checked, of an answer that then broke off: for going on behind it. Only where segments carry a
   * checksum.
   */
  readonly unfinished?: Uint8Array | undefined;
}
