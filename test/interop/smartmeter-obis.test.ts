// A foreign reader decodes what our simulated meter sends, and what real meters sent, to the same values as ours.
// smartmeter-obis (npm, MIT) checks no BCC and keeps a map: codes that repeat, or that it does not know, are left out.
import assert from 'node:assert/strict';
import { concatBytes, fromHex, fromLatin1 } from '../../src/core/wire/bytes';
import { readIec62056 } from '../../src/core/iec62056/read';
import type { Reading } from '../../src/core/meter/reading';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import { VDEW_MODEL, pushTelegram } from '../../src/simulator/meters/iec62056/data';
import { TestMemory } from '../support/iec-driver';
import { vectorFile } from '../support/vectors';

interface PeerValue {
  readonly value: string | number;
  readonly unit: string;
}
interface PeerProtocol {
  initState(): void;
  checkMessage(data: Uint8Array): boolean;
  handleMessage(data: Uint8Array): Uint8Array | null;
}
interface Peer {
  readonly D0Protocol: new (
    options: object,
    store: (error: Error | null, result: Record<string, { values: PeerValue[] }> | null) => void,
  ) => PeerProtocol;
  readonly ObisMeasurement: new (code: string) => { idToString(): string };
}

function loadPeer(): Peer | undefined {
  try {
    return require('smartmeter-obis') as Peer;
  } catch {
    return undefined;
  }
}

describe('interop: smartmeter-obis', () => {
  const peer = loadPeer();
  before(function () {
    if (!peer) this.skip();
  });

  const decodeByPeer = (wire: Uint8Array): Map<string, PeerValue> => {
    if (!peer) assert.fail();
    const found = new Map<string, PeerValue>();
    const protocol = new peer.D0Protocol({ debug: 0, logger: () => undefined }, (_, result) => {
      for (const [code, { values }] of Object.entries(result ?? {})) if (values[0]) found.set(code, values[0]);
    });
    protocol.initState();
    for (let rest: Uint8Array | null = Buffer.from(wire); rest && rest.length > 3 && protocol.checkMessage(rest);)
      rest = protocol.handleMessage(rest);
    return found;
  };
  const decodeByUs = (wire: Uint8Array): readonly Reading[] => {
    const dialogue = readIec62056(
      { address: '', mode: 'A', baud: 'fixed', parity: 'none', request: 'readout', items: [], command: 'auto' },
      new TestMemory(),
    );
    let turn = dialogue.next();
    for (let chunk: Uint8Array | undefined = wire; !turn.done;) {
      const isReceive = turn.value.do === 'receive';
      turn = dialogue.next(isReceive ? chunk : undefined);
      if (isReceive) chunk = undefined;
    }
    return turn.value.readings;
  };
  const idOfPeer = (name: string): string | undefined => {
    try {
      return peer && new peer.ObisMeasurement(name).idToString();
    } catch {
      return undefined;
    }
  };

  /** Codes that occur once and that the peer can parse. */
  function assertAgree(wire: Uint8Array, atLeast: number): void {
    const theirs = decodeByPeer(wire);
    const ours = decodeByUs(wire);
    const ids = ours.map((reading) => idOfPeer(reading.name));
    let compared = 0;
    ours.forEach((reading, i) => {
      const id = ids[i];
      const their = id === undefined || ids.indexOf(id) !== ids.lastIndexOf(id) ? undefined : theirs.get(id);
      // It splits texts at & and #, and reads a decimal comma as a whole number: known limits of the peer.
      if (!their || reading.value === null || /[&#]|^\d+,\d+$/.test(reading.raw ?? String(reading.value))) return;
      const isTimeFirst = reading.at !== undefined && their.unit === '' && reading.unit !== undefined;
      if (isTimeFirst) return;
      if (typeof reading.value === 'number' && reading.unit !== undefined)
        assert.deepEqual([reading.name, reading.value, reading.unit], [reading.name, their.value, their.unit]);
      else assert.equal(String(their.value), reading.raw ?? String(reading.value), reading.name);
      compared += 1;
    });
    assert.ok(compared >= atLeast, `${compared} of ${ours.length} codes compared`);
  }

  it('the readout of the simulated meter', () => {
    const meter = new Iec62056Meter();
    const identification = meter.hear(fromLatin1('/?!\r\n'), 0)[0]?.bytes ?? assert.fail();
    const readout = meter.hear(fromLatin1('\x06000\r\n'), 1000)[0]?.bytes ?? assert.fail();
    assertAgree(concatBytes(identification, readout), VDEW_MODEL.readout.length - 2);
  });

  it('the push of the simulated meter, with and without CRC', () => {
    for (const hasCrc of [true, false])
      assert.ok(decodeByPeer(pushTelegram(VDEW_MODEL, hasCrc)).size >= VDEW_MODEL.readout.length - 2);
  });

  for (const row of vectorFile<{ iec62056_21: { id: string; kind: string; title: string; wire: string }[] }>('iec.json')
    .iec62056_21) {
    // O06 has a wrong BCC, which we refuse; O14 is a fragment without identification.
    if (row.kind !== 'readout' || row.id === 'C21-O06' || row.id === 'C21-O14') continue;
    it(`${row.id} ${row.title}`, () => {
      const wire = fromHex(row.wire);
      const begin = wire.indexOf(0x2f, wire[1] === 0x3f ? 1 : 0);
      assertAgree(wire.slice(begin), 3);
    });
  }
});
