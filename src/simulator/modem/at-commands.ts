// What each AT command does. Names marked C were never printed: REBOOT, LOCK, UNLOCK, and the order of GETMODBUS.
import { fromHex, isSameBytes } from '../../core/wire/bytes';
import type { ModemBody } from './body';
import { documentedName, formatConfig, valueOf, withParameter, type Config } from './config';
import { modbusReadRequest, modbusReadValues, modbusWriteRequest } from './modbus-master';
import type { AtResult } from './reply-style';

/** What a command may ask of the modem it runs in. */
export interface AtHost {
  readonly body: ModemBody;
  store(config: Config): void;
  setBaud(port: number, baud: number): boolean;
  writeSerial(port: number, bytes: Uint8Array): boolean;
  /** Writes, and takes all that the port hears in `ms`. */
  askSerial(bytes: Uint8Array, ms: number): Promise<Uint8Array>;
  sendSms(number: string, text: string): void;
  /** After the reply is out. */
  rebootSoon(): void;
  endSoon(): void;
}

export interface AtOutcome {
  readonly lines: readonly string[];
  readonly isOk: boolean;
}

type Execute = (line: string) => Promise<AtResult>;
type TunnelCommand = (host: AtHost, rest: string, execute: Execute) => AtOutcome | Promise<AtOutcome>;

export const TUNNEL_COMMANDS: ReadonlyMap<
  string,
  (host: AtHost, rest: string, execute: Execute) => Promise<AtOutcome>
> = new Map(
  Object.entries({
    VERSION: (host) => ok(host.body.spec.version),
    GETPARAM: (host, rest) => {
      const value = valueOf(host.body.stored, rest.trim());
      if (value === undefined) return host.body.choices.unknownParam === 'empty' ? ok('') : ERROR;
      return ok(
        host.body.choices.paramReply === 'named' ? `${documentedName(rest.trim()) ?? rest.trim()}: ${value}` : value,
      );
    },
    SETPARAM: (host, rest) => {
      // The value is all that follows the second comma: aliases and schedules hold commas of their own.
      const parts = /^\s*([A-Za-z0-9]+_[A-Za-z0-9]+)\s*,\s?(.*)$/s.exec(rest);
      if (
        !parts ||
        (host.body.isLocked && host.body.choices.lockRefusesSetparam) ||
        documentedName(parts[1] ?? '') === undefined
      )
        return ERROR;
      host.store(withParameter(host.body.stored, parts[1] ?? '', parts[2] ?? ''));
      return ok();
    },
    GETCONFIG: (host) => ok(...formatConfig(host.body.stored).trimEnd().split('\r\n')),
    SETBAUDRATE: (host, rest) => {
      const [port, baud] = numbers(rest, ',', 2);
      return port !== undefined && baud !== undefined && BAUD_RATES.has(baud) && host.setBaud(port, baud)
        ? ok()
        : ERROR;
    },
    SMS: (host, rest) => {
      const parts = /^\s*(\+?\d{3,15})\s*,\s?(.+)$/s.exec(rest);
      if (!parts) return ERROR;
      host.sendSms(parts[1] ?? '', parts[2] ?? '');
      return ok();
    },
    RS232: (host, rest) => {
      const data = serialData(rest);
      return data && host.writeSerial(data.port, data.bytes) ? ok() : ERROR;
    },
    SETIO: (host, rest) => {
      const [index, value] = numbers(rest, ',', 2);
      return index !== undefined && (value === 0 || value === 1) && setOutput(host, index, value) ? ok() : ERROR;
    },
    GETIOS: (host) => ok(...host.body.ios),
    GETMODBUS: async (host, rest) => {
      const [unit, address, count = 1] = numbers(rest, ';', 2, 3);
      if (unit === undefined || address === undefined || count < 1 || count > 20) return ERROR;
      const values = modbusReadValues(
        await host.askSerial(modbusReadRequest(unit, address, count), MODBUS_MS),
        unit,
        count,
      );
      return values ? ok(values.join(';')) : ERROR;
    },
    SETMODBUS: async (host, rest) => {
      const [unit, address, value] = numbers(rest, ';', 3);
      if (unit === undefined || address === undefined || value === undefined) return ERROR;
      const request = modbusWriteRequest(unit, address, value);
      const heard = await host.askSerial(request, MODBUS_MS);
      return isSameBytes(heard, request) ? ok() : ERROR; // function 6 answers with its own request (V1.1b3, 6.6)
    },
    EXECUTE: async (host, rest, execute) => {
      const file = host.body.spec.files.get(rest.trim());
      if (host.body.isLocked || file === undefined) return ERROR;
      for (const line of file.split(/\r?\n/).filter((each) => each.trim() !== '')) {
        if ((await execute(line)).final !== 'OK') return ERROR;
      }
      return ok();
    },
    REBOOT: (host) => {
      host.rebootSoon();
      return ok();
    },
    END: (host) => {
      if (host.body.isLocked) return ERROR;
      host.endSoon();
      return ok();
    },
    LOCK: (host) => withLock(host, true),
    UNLOCK: (host) => withLock(host, false),
  } satisfies Record<string, TunnelCommand>).map(([name, run]: [string, TunnelCommand]) => [
    name,
    async (host, rest, execute) => run(host, rest, execute),
  ]),
);

/** The module's own commands (3GPP TS 27.007, V.250); blanks removed, upper case. */
export const AT_COMMANDS: readonly { readonly pattern: RegExp; run(host: AtHost, command: string): AtOutcome }[] = [
  { pattern: /^AT$/, run: () => ok() },
  { pattern: /^AT\+CSQ$/, run: (host) => ok(`+CSQ: ${host.body.csq},99`) },
  { pattern: /^AT\+CREG\?$/, run: (host) => ok(`+CREG: 0,${host.body.hasNetwork ? 1 : 2}`) },
  { pattern: /^AT\+CGSN$/, run: (host) => ok(host.body.imei) },
  { pattern: /^AT\+CGMR$/, run: () => ok(`REVISION ${MODULE_REVISION}`) },
  { pattern: /^ATI$/, run: () => ok('Cinterion', 'EHS6', `REVISION ${MODULE_REVISION}`) },
  {
    pattern: /^AT\^SMONI$/,
    run: (host) =>
      ok(
        host.body.hasNetwork
          ? `^SMONI: 3G,10737,131,-7.5,${-116 + 2 * Math.min(host.body.csq, 31)},214,07,0F2A,1A2B3C4,21,11,NOCONN`
          : '^SMONI: 3G,SEARCH,-,-',
      ),
  },
  {
    // The relay of MTX65IND is inverted: 0 switches it on.
    pattern: /^AT\^SSIO=\d,[01]$/,
    run: (host, command) => (setOutput(host, Number(command.charAt(8)), 1 - Number(command.charAt(10))) ? ok() : ERROR),
  },
  {
    pattern: /^AT\+CFUN=1,1$/,
    run: (host) => {
      host.rebootSoon();
      return ok();
    },
  },
];

/** `0,text<HEX>0102</HEX>text`: a port, and data in which <HEX> inserts bytes. */
export function serialData(rest: string): { readonly port: number; readonly bytes: Uint8Array } | undefined {
  const parts = /^\s*([01])\s*,(.*)$/s.exec(rest);
  if (!parts) return undefined;
  const pieces = (parts[2] ?? '').split(/<HEX>([0-9a-f\s]*)<\/HEX>/i);
  const isWhole = pieces.every((piece, i) =>
    i % 2 === 0 ? !/<\/?HEX>/i.test(piece) : piece.replace(/\s/g, '').length % 2 === 0,
  );
  if (!isWhole) return undefined;
  return {
    port: Number(parts[1]),
    bytes: Buffer.concat(pieces.map((piece, i) => (i % 2 === 0 ? Buffer.from(piece, 'latin1') : fromHex(piece)))),
  };
}

function withLock(host: AtHost, isLocked: boolean): AtOutcome {
  if (!host.body.choices.hasLockCommands) return ERROR;
  host.body.isLocked = isLocked;
  return ok();
}

function setOutput(host: AtHost, index: number, value: number): boolean {
  if (index >= host.body.outputs.length) return false;
  host.body.outputs[index] = value;
  return true;
}

function ok(...lines: readonly string[]): AtOutcome {
  return { lines, isOk: true };
}

/** All numbers of a list, or none when one is no number or their count is wrong. */
function numbers(text: string, separator: string, least: number, most = least): readonly (number | undefined)[] {
  const parts = text.split(separator).map((part) => part.trim());
  return parts.length >= least && parts.length <= most && parts.every((part) => /^\d+$/.test(part))
    ? parts.map(Number)
    : [];
}

const ERROR: AtOutcome = { lines: [], isOk: false };
const MODBUS_MS = 1500;
const MODULE_REVISION = '03.001';
const BAUD_RATES: ReadonlySet<number> = new Set([300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]);
