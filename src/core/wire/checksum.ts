// Checksums of the serial protocols. Tables are built once from the polynomial, so that no table can be mistyped.

/** CRC-16/MODBUS (Modbus over serial line V1.02, 6.2.2): poly 0x8005 reflected, start 0xFFFF; sent low byte first. */
export function crc16Modbus(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ (MODBUS_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return crc;
}

/** Modbus ASCII LRC (serial line V1.02, 6.2.1): two's complement of the sum of the bytes, 8 bits. */
export function lrc(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += bytes[i] ?? 0;
  return -sum & 0xff;
}

/**
 * FCS-16 / CRC-16/X-25 (ISO/IEC 13239, 4.2.5): poly 0x1021 reflected, start and final XOR 0xFFFF; sent low byte first.
 */
export function crc16X25(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ (X25_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return crc ^ 0xffff;
}

/** IEC 62056-21 block check character: XOR of the bytes, 7 bits. */
export function bccXor(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let bcc = 0;
  for (let i = start; i < end; i++) bcc ^= bytes[i] ?? 0;
  return bcc & 0x7f;
}

/**
 * The arithmetic sum of the bytes under a mask: 0xFF for FT1.2 (IEC 60870-5-1, 6.2.4.2.1), 0x7F for meters that sum
 * their BCC.
 */
export function sumOf(bytes: Uint8Array, start = 0, end = bytes.length, mask = 0xff): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += bytes[i] ?? 0;
  return sum & mask;
}

function reflectedTable(polynomial: number): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
}

const MODBUS_TABLE = reflectedTable(0xa001);
const X25_TABLE = reflectedTable(0x8408);
