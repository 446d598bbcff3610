// A simulated modem's serial gateway: bytes as they are, paced, cut and lost as on real hardware.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { ANSWER, IMEI, online, ruleMeter } from './support';

const READ = fromHex('010300640002 85d4');
describe('simulated modem: gateway', () => {
  it('carries bytes as they are, paced by the line, in one message after msToSend of idle', async () => {
    const { clock, say, heard } = await online();
    const start = clock.now();
    say('rx', READ);
    await clock.advance(1_000);
    const reply = heard.at(-1);
    assert.deepEqual([reply?.topic, toHex(reply?.payload ?? new Uint8Array())], [`${IMEI}/tx`, ANSWER]);
    // 50 ms air, 8 characters, 30 ms meter, 9 characters, 100 ms idle, 50 ms air.
    assert.ok(
      Math.abs((reply?.at ?? 0) - start - (50 + 17 * (10_000 / 9600) + 30 + 100 + 50)) < 0.5,
      String((reply?.at ?? 0) - start),
    );
  });
  it('swaps the directions when told', async () => {
    const { clock, say, on } = await online({ choices: { direction: 'B' } });
    say('rx', READ);
    await clock.advance(1_000);
    assert.deepEqual(on('tx'), []);
    say('tx', READ);
    await clock.advance(1_000);
    assert.deepEqual(
      on('rx').map((text) => Buffer.from(text, 'latin1').toString('hex')),
      [ANSWER],
    );
  });
  it('has its gateway on COM1 or, inverted, on COM2; not at all in another mode', async () => {
    const answers = async (config: Record<string, string>, bus: 'rs232' | 'rs485'): Promise<number> => {
      const { clock, say, on } = await online({ config, bus });
      say('rx', READ);
      await clock.advance(1_000);
      return on('tx').length;
    };
    assert.deepEqual(
      [
        await answers({}, 'rs232'),
        await answers({}, 'rs485'),
        await answers({ MTX_invertedCom: 'on' }, 'rs485'),
        await answers({ MTX_invertedCom: 'on' }, 'rs232'),
        await answers({ MTX_mode: 'none' }, 'rs232'),
      ],
      [1, 0, 1, 0, 0],
    );
  });
  it('freezes the gateway during a data call, while AT goes on; or MQTT stalls as well', async () => {
    const { clock, say, on, at, modem } = await online();
    modem.dataCall(120_000);
    say('rx', READ);
    await clock.advance(60_000);
    assert.deepEqual(on('tx'), []);
    assert.match(await at('AT'), /OK/);
    await clock.advance(60_000);
    assert.deepEqual(on('tx'), []); // what came during the call is lost
    say('rx', READ);
    await clock.advance(1_000);
    assert.equal(on('tx').length, 1);
    say('rx', READ);
    await clock.advance(70);
    modem.dataCall(1_000); // the answer comes during the call
    await clock.advance(5_000);
    assert.equal(on('tx').length, 1);
    const stalled = await online({ choices: { callStopsMqtt: true } });
    stalled.modem.dataCall(60_000);
    assert.equal(await stalled.at('AT'), '');
    const held = await online({ choices: { whileFrozen: 'hold' } });
    held.modem.dataCall(10_000);
    held.say('rx', READ);
    await held.clock.advance(11_000);
    assert.equal(held.on('tx').length, 1);
  });
  it('waits while the port is taken', async () => {
    const { clock, say, on, modem } = await online();
    modem.keepPortBusy(5_000);
    say('rx', READ);
    await clock.advance(4_900);
    assert.equal(on('tx').length, 0);
    await clock.advance(600);
    assert.equal(on('tx').length, 1);
  });
  it('writes RS232 data with <HEX> bytes, and the answer goes up', async () => {
    const { at, on } = await online();
    await at('AT^MTXTUNNEL=RS232,0,<HEX>0103 0064 0002 85D4</HEX>');
    assert.deepEqual(
      on('tx').map((text) => Buffer.from(text, 'latin1').toString('hex')),
      [ANSWER],
    );
    assert.match(await at('AT^MTXTUNNEL=RS232,0,<HEX>01030</HEX>'), /ERROR/);
    assert.match(await at('AT^MTXTUNNEL=RS232,7,abc'), /ERROR/);
  });
  it('loses the link or reboots in the middle of a session when told', async () => {
    const cut = await online({ choices: { cutLinkEvery: 2 } });
    const rebooting = await online({ choices: { rebootEvery: 2 } });
    for (const { say, clock } of [cut, rebooting]) {
      for (let i = 0; i < 2; i++) {
        say('rx', READ);
        await clock.advance(1_000);
      }
    }
    assert.deepEqual([cut.on('tx').length, cut.modem.state, cut.modem.boots], [1, 'offline', 1]);
    assert.deepEqual([rebooting.on('tx').length, rebooting.modem.state, rebooting.modem.boots], [1, 'booting', 2]);
  });
  it('keeps meters apart on RS485, and lets two of the same unit collide', async () => {
    const { clock, say, on } = await online({
      config: { MTX_invertedCom: 'on' },
      meters: [ruleMeter(1), ruleMeter(2)],
    });
    say('rx', READ);
    await clock.advance(1_000);
    assert.equal(Buffer.from(on('tx')[0] ?? '', 'latin1').toString('hex'), ANSWER);
    const twins = await online({ config: { MTX_invertedCom: 'on' }, meters: [ruleMeter(1), ruleMeter(1)] });
    twins.say('rx', READ);
    await twins.clock.advance(1_000);
    const heard = Buffer.from(twins.on('tx').join(''), 'latin1').toString('hex');
    assert.notEqual(heard, '');
    assert.ok(!heard.includes(ANSWER), heard);
  });
  it('hears garbage or nothing at another speed, and recovers with SETBAUDRATE', async () => {
    const { clock, say, on, at } = await online({ config: { COMM_baudrate: '2400' } });
    say('rx', READ);
    await clock.advance(2_000);
    assert.ok(!on('tx').some((text) => Buffer.from(text, 'latin1').toString('hex').includes(ANSWER)));
    await at('AT^MTXTUNNEL=SETBAUDRATE,0,9600');
    say('rx', READ);
    await clock.advance(1_000);
    assert.equal(Buffer.from(on('tx').at(-1) ?? '', 'latin1').toString('hex'), ANSWER);
  });
});
