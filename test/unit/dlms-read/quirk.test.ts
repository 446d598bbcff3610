// A meter that breaks the rules of sequence numbers is read by the quirk that a user names in the node.
import { explainReason } from '../../../src/words/index';
import assert from 'node:assert/strict';
import { associationKey, dlmsOptions } from '../../../src/core/readers/dlms';
import { parseDlms, type DlmsQuery } from '../../../src/core/readers/dlms-query';
import { Fields } from '../../../src/core/index';
import { readDlms } from '../../../src/core/dlms/read';
import { dlmsMeter } from '../../../src/simulator/meters/dlms/meter';
import { AK, EK, METER_TITLE, thrown } from '../../support/dlms-bench';
import { World } from '../../support/dlms-driver';
import { said } from '../../support/said';

const query = (quirk: string): DlmsQuery => parseDlms(new Fields({ quirk, items: ['1-0:1.8.0', '1-0:32.7.0'] }), {});
const read = (meterHas: object, quirk: string): unknown => {
  const world = new World(
    dlmsMeter({
      transport: 'hdlc',
      clients: [{ client: 16, mechanism: 0, policy: 0 }],
      demo: { deviceName: 'HXE1', client: 16, clockMs: 0, deviation: 0 },
      security: {
        suite: 0,
        title: METER_TITLE,
        encryptionKey: EK,
        authenticationKey: AK,
        lowestCounter: 0,
        nextCounter: () => 1,
      },
      hdlc: { quirks: meterHas },
    }),
  );
  return world.run(readDlms(dlmsOptions(query(quirk), {}), world.memory)).readings.map((reading) => reading.value);
};

describe('the quirk of a DLMS meter', () => {
  it('Hexing HXE130, N(S) 0 in every frame: read by frozenNs, and the error without it names it', () => {
    assert.deepEqual(read({ frozenNs: true }, 'frozenNs'), [1_043_677, 230.4]);
    assert.match(said(thrown(() => read({ frozenNs: true }, ''))), /the quirk frozenNs/);
  });
  it('jDLMS, N(R) never advances: read by frozenNr, and the error without it names it', () => {
    assert.deepEqual(read({ frozenNr: true }, 'frozenNr'), [1_043_677, 230.4]);
    assert.match(said(thrown(() => read({ frozenNr: true }, 'none'))), /the quirk frozenNr/);
  });
  it('is one of those known, and keeps associations apart', () => {
    assert.match(
      explainReason(thrown(() => query('frozen'))),
      /^quirk is "frozen", but has to be one of none, frozenNs, frozenNr/,
    );
    assert.notEqual(associationKey(query('frozenNs')), associationKey(query('none')));
  });
});
