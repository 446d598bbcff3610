// Example 23: what its function nodes make of a reading, as a database takes it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

const FLOW = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'examples', 'database', '23 - Readings to a database.json'), 'utf8'),
) as readonly Readonly<Record<string, unknown>>[];
const READING = {
  time: '2026-11-22T08:30:00.000Z',
  imei: '353234028103206',
  meter: '7',
  meterName: 'main board',
  name: 'voltage_l1',
  id: '3:0',
  value: 230.1,
  unit: 'V',
};

describe('example 23, readings to a database', () => {
  it('makes a row of a reading, with exact numbers as numbers and all else as text', () => {
    assert.deepEqual(row(READING), {
      time: READING.time,
      imei: READING.imei,
      meter: '7',
      name: 'voltage_l1',
      id: '3:0',
      value: 230.1,
      text: null,
      unit: 'V',
      at: null,
    });
    assert.deepEqual(
      { ...row({ ...READING, value: '12345678901234567890.5', at: '2026-11-22T09:30:00' }) },
      { ...row(READING), value: null, text: '12345678901234567890.5', at: '2026-11-22T09:30:00' },
    );
    assert.deepEqual(row({ ...READING, value: null }), { ...row(READING), value: null, text: null });
  });

  it('makes no row of a reading that failed', () => {
    assert.equal(run('row', { ...READING, value: undefined, error: { code: 'ACCESS_DENIED', message: '...' } }), null);
  });

  it('keeps values beside the SQL statement, never in it', () => {
    const message = run('SQL and values', row({ ...READING, name: "x'); DROP TABLE readings; --" }));
    assert.equal(
      message?.topic,
      'INSERT INTO readings (time, imei, meter, name, id, value, text, unit, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    );
    assert.deepEqual(message?.payload, Object.values(row({ ...READING, name: "x'); DROP TABLE readings; --" })));
  });

  it('writes the line protocol of InfluxDB, escaped as its reference says', () => {
    assert.equal(
      run('line protocol', row(READING))?.payload,
      'reading,imei=353234028103206,meter=7,name=voltage_l1,unit=V value=230.1 1795336200000',
    );
    assert.equal(
      run('line protocol', row({ ...READING, name: 'a b,c=d', unit: undefined, value: 'say "hi"' }))?.payload,
      'reading,imei=353234028103206,meter=7,name=a\\ b\\,c\\=d text="say \\"hi\\"" 1795336200000',
    );
    assert.equal(run('line protocol', row({ ...READING, value: null })), null);
  });

  it('sends nothing anywhere until the user enables it', () => {
    assert.deepEqual(
      FLOW.filter(({ type }) => type === 'http request').map(({ d }) => d),
      [true, true],
    );
  });
});

function row(reading: object): Record<string, unknown> {
  return run('row', reading)?.payload as Record<string, unknown>;
}

/** A function node by its name, on a message with this payload. */
function run(name: string, payload: unknown): { readonly topic?: string; readonly payload: unknown } | null {
  const node = FLOW.find((each) => each['name'] === name && each['type'] === 'function');
  const result: unknown = runInNewContext(`(function (msg, env) { ${String(node?.['func'])} })`)(
    { payload },
    { get: () => undefined },
  );
  return result === null ? null : (JSON.parse(JSON.stringify(result)) as { topic?: string; payload: unknown });
}
