// The least Modbus that a bench needs, written from "Modbus over Serial Line" V1.02: the floor's codec and the meters'.

/** Function 3, ten registers from 0, of unit 1. */
export function request(): Uint8Array {
  return withCrc(Uint8Array.of(1, 3, 0, 0, 0, 10));
}

/** The registers of an answer; throws where it is damaged. */
export function registersOf(answer: Uint8Array): Uint16Array {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  if (crc(answer.subarray(0, -2)) !== view.getUint16(answer.length - 2, true)) throw new Error('damaged');
  return Uint16Array.from({ length: view.getUint8(2) / 2 }, (_, i) => view.getUint16(3 + 2 * i));
}

/** What a meter answers: register n holds n; a loopback is echoed; anything else is met with silence. */
export function answerTo(request: Uint8Array): Uint8Array | undefined {
  const view = new DataView(request.buffer, request.byteOffset, request.byteLength);
  if (request.length < 8) return undefined;
  const [unit = 0, fn = 0] = request;
  if (fn === 8) return new Uint8Array(request);
  if (fn !== 3 && fn !== 4) return undefined;
  const quantity = view.getUint16(4);
  const answer = new Uint8Array(3 + quantity * 2);
  answer.set([unit, fn, quantity * 2]);
  for (let i = 0; i < quantity; i++) new DataView(answer.buffer).setUint16(3 + 2 * i, view.getUint16(2) + i);
  return withCrc(answer);
}

function withCrc(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 2);
  whole.set(bytes);
  new DataView(whole.buffer).setUint16(bytes.length, crc(bytes), true);
  return whole;
}

function crc(bytes: Uint8Array): number {
  let value = 0xffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ 0xa001 : value >> 1;
  }
  return value;
}
