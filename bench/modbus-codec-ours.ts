// Our side of bench/modbus-codec.ts: one exchange, exactly as a read does it.
import { decodeResponse, encodeRequest, isException, type Request } from '../src/core/modbus/frames/pdu';
import { encodeRtu, scanRtuAnswer } from '../src/core/modbus/frames/rtu';
import { Inbox } from '../src/core/wire/inbox';

export function exchange(quantity: number, chunks: readonly Uint8Array[]): () => undefined {
  const inbox = new Inbox();
  return () => {
    const request: Request = { function: 3, address: 100, quantity };
    const wire = encodeRtu(1, encodeRequest(request));
    const scan = scanRtuAnswer([{ unit: 1, request }]);
    for (const chunk of chunks) {
      inbox.push(chunk);
      const answer = inbox.next(scan);
      if (answer === undefined) continue;
      const response = decodeResponse(answer.pdu, request);
      if (
        isException(response) ||
        response.function !== 3 ||
        response.registers[quantity - 1] !== quantity ||
        wire.length !== 8
      )
        throw new Error('wrong answer');
      return undefined;
    }
    throw new Error('no answer');
  };
}
