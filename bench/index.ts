// npm run bench: every measurement, one after the other, each in a process of its own so that none warms up or slows
// down the next. npm run bench -- NAME ... runs some; --quick those that take seconds.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const BENCHES: readonly { readonly name: string; readonly what: string; readonly isQuick: boolean }[] = [
  {
    name: 'modbus-plan',
    what: 'Modbus: requests and seconds for nine devices, by the way registers are grouped',
    isQuick: true,
  },
  {
    name: 'modbus-world',
    what: 'Modbus: wrong values, errors and time on a bad line, beside other clients',
    isQuick: true,
  },
  { name: 'two-masters', what: 'Modbus: wrong values where two ask on one line', isQuick: false },
  { name: 'modbus-codec', what: 'Modbus: operations per CPU second, beside other clients', isQuick: false },
  { name: 'transport', what: 'MQTT: cost of an incoming message by the size of the fleet', isQuick: false },
  {
    name: 'iec62056',
    what: 'IEC 62056-21: decoding speed beside smartmeter-obis, seconds per readout',
    isQuick: false,
  },
  { name: 'iec870', what: 'IEC 60870-5-102: exchanges and seconds beside the least possible', isQuick: true },
  {
    name: 'dlms',
    what: 'DLMS: round trips, bytes and seconds beside the least possible, decoding speed',
    isQuick: false,
  },
  { name: 'dlms-hdlc', what: 'DLMS: HDLC receive path', isQuick: false },
  {
    name: 'fleet-reads',
    what: 'Fleet: one read end to end, and 50,000 asked at once, beside plain mqtt.js',
    isQuick: false,
  },
  { name: 'fleet', what: 'Fleet: status messages per second and memory per modem', isQuick: false },
  { name: 'field', what: 'Cases from the field that come out right, by protocol', isQuick: true },
].filter(({ name }) => existsSync(join(__dirname, `${name}.ts`)));

main(process.argv.slice(2));

function main(words: readonly string[]): void {
  const wanted = words.filter((word) => !word.startsWith('--'));
  const chosen = BENCHES.filter(({ name, isQuick }) =>
    wanted.length > 0 ? wanted.includes(name) : !words.includes('--quick') || isQuick,
  );
  if (chosen.length === 0)
    console.error(`no such measurement; there are ${BENCHES.map(({ name }) => name).join(', ')}`);
  const isGood = chosen.map(({ name, what }) => {
    console.log(`\n## ${what}  (npm run bench -- ${name})\n`);
    const { status } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', join(__dirname, `${name}.ts`)], {
      stdio: 'inherit',
    });
    return status === 0;
  });
  process.exitCode = isGood.length > 0 && !isGood.includes(false) ? 0 : 1;
}
