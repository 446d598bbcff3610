// What `mtx-sim --help` prints, and the names of its options.
import { parseArgs } from 'node:util';
import { METER_KINDS } from '../meters/meter-kinds';
import { DEFAULT_CHOICES } from '../modem/choices';
import { REPLY_STYLES } from '../modem/reply-style';

export const HELP = `mtx-sim: simulated MTX-Tunnel modems with meters behind them

  --broker URL          mqtt://host:1883, mqtts://host:8883 (needed, or --listen)
  --listen tcp://127.0.0.1:PORT   instead: serves the meters to foreign clients, bytes as on the wire;
                        with --modems N the buses listen on PORT and the ports after it
  --user, --password    broker login of all modems; [IMEI] is replaced
  --ca, --cert, --key   PEM files; --insecure takes any server certificate
  --mqtt 3.1|3.1.1|5    protocol version (3.1.1)
  --modems N            how many (1)
  --imei START          first IMEI, the others follow (353234028103206)
  --meter KIND          ${Object.keys(METER_KINDS).join(', ')}; several (a,b): in turn, one a modem (modbus)
  --profile ID          Modbus device profile; several (a,b): in turn (none: register a of unit u holds 4096 u + a)
  --unit 1,2,7          unit ids or meter addresses on each bus (1)
  --meter-password TEXT password of the meters, where they have one
  --framing rtu|ascii   of Modbus meters (rtu)
  --source WHERE        instead: tcp://host:port or /dev/ttyX, a foreign meter behind one modem
  --replay FILE         instead: recorded bytes ("> request hex", "< answer hex", "*" any request)
  --chunks whole|bytes|odd   how a recording is cut
  --baud N, --format 8N1     of the modem's port (9600, 8N1)
  --meter-baud N, --meter-format 7E1   of the meters, where it differs
  --rs485               meters on COM2, RS485, and MTX_invertedCom: on; with --set MTX_invertedCom=off
                        they are wired to a port that the modem does not serve
  --status-period S     DNS_period (300)
  --set NAME=VALUE      any parameter of config.txt; several
  --style STYLE         look of AT replies: ${REPLY_STYLES.join(', ')} (echo)
  --fault NAME=N,N      behind the port, or tx:NAME, rx:NAME on MQTT messages; several
  --choice NAME=VALUE   any behaviour that the vendor's pages leave open; several:
                        ${Object.keys(DEFAULT_CHOICES)
                          .join(', ')
                          .replace(/(.{60,75}), /g, '$1,\n                        ')}
  --locked              the modems refuse END and batch files
  --seed N              of all chance (1)
  --boot-ms N           time to boot (10 to 40 s)
  --time-factor N       runs all waits of the modems faster (1)
  --verbose             one line for each event
`;

export type Words = ReturnType<typeof parseWords>['values'];

/** Throws RangeError at an option that is not known. */
export function parseWords(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{
      broker: text,
      listen: text,
      user: text,
      password: text,
      ca: text,
      cert: text,
      key: text,
      insecure: flag,
      mqtt: text,
      modems: text,
      imei: text,
    },
    ...{
      meter: texts,
      profile: texts,
      unit: texts,
      'meter-password': text,
      framing: text,
      source: text,
      replay: text,
      chunks: text,
      baud: text,
      format: text,
      'meter-baud': text,
      'meter-format': text,
    },
    ...{
      rs485: flag,
      'status-period': text,
      set: texts,
      style: text,
      choice: texts,
      locked: flag,
      fault: texts,
      seed: text,
      'boot-ms': text,
      'time-factor': text,
      verbose: flag,
      help: flag,
    },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true });
  } catch (thrown) {
    throw new RangeError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}
