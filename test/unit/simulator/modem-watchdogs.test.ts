// A simulated modem's watchdogs and sleep, and what it does with text messages.
import assert from 'node:assert/strict';
import { ANSWER, online } from './support';

describe('simulated modem: watchdogs and sleep', () => {
  it('pings after MTX_ping minutes without traffic, reconnects on a failed one, reboots on the third', async () => {
    const { clock, modem, at } = await online({ config: { MTX_ping: '1', DNS_enabled: 'off' } });
    const since = clock.now();
    await clock.advance(600_000);
    assert.deepEqual([modem.state, modem.boots], ['online', 1]);
    modem.body.isPingAnswered = false;
    await clock.advance(65_000);
    assert.equal(modem.boots, 1);
    await clock.advance(150_000);
    assert.equal(modem.boots, 2, `${clock.now() - since}`);
    modem.body.isPingAnswered = true;
    await clock.advance(60_000);
    for (let i = 0; i < 10; i++) {
      modem.body.isPingAnswered = false; // never asked: there is traffic
      assert.match(await at('AT'), /OK/);
      await clock.advance(50_000);
    }
    assert.equal(modem.boots, 2);
  });
  it('reboots after MTX_numGSMErrors checks without network, and connects when it is back', async () => {
    const { clock, modem } = await online({ config: { MTX_numGSMErrors: '6' } });
    modem.setNetwork(false);
    await clock.advance(59_000);
    assert.deepEqual([modem.boots, modem.state], [1, 'offline']);
    await clock.advance(2_000);
    assert.deepEqual([modem.boots, modem.state], [2, 'booting']);
    modem.setNetwork(true);
    await clock.advance(60_000);
    assert.deepEqual([modem.boots, modem.state], [2, 'online']);
    modem.setNetwork(false);
    modem.setNetwork(true);
    await clock.advance(120_000);
    assert.deepEqual([modem.boots, modem.state], [2, 'online']);
  });
  it('resets daily once that is switched on', async () => {
    const { clock, modem, at } = await online({ config: { DNS_period: '3600' } });
    await clock.advance(30 * 3_600_000);
    assert.equal(modem.boots, 1);
    await at('AT^MTXTUNNEL=SETPARAM,MTX_autoreset,on');
    await clock.advance(24 * 3_600_000);
    assert.equal(modem.boots, 2);
    await clock.advance(24 * 3_600_000 + 60_000);
    assert.equal(modem.boots, 3);
  });
  it('sleeps as a battery modem does', async () => {
    const { clock, modem, on } = await online({
      config: { ULP_enabled: 'on', ULP_minutesOff: '60', ULP_secondsOn: '120' },
    });
    assert.equal(modem.state, 'online');
    await clock.advance(116_000);
    assert.equal(modem.state, 'asleep');
    const answer = modem.receiveSms('+34666123456', 'MTXTUNNEL AT');
    await clock.advance(58 * 60_000);
    assert.equal(on('dns').length, 1);
    await clock.advance(3 * 60_000);
    assert.equal(on('dns').length, 2);
    assert.equal(await answer, 'OK');
  });
  it('forgets everything of the life before', async () => {
    const { clock, modem, say, on } = await online({
      choices: { atMsMin: 5_000, atMsMax: 5_000, bootMsMin: 0, bootMsMax: 0 },
    });
    say('AT', 'AT');
    await clock.advance(1_000);
    modem.reboot();
    await clock.advance(1_000);
    assert.equal(modem.state, 'online'); // before the answer to the command of the life before would be out
    await clock.advance(50_000);
    assert.deepEqual([on('ATR'), modem.state], [[], 'online']);
    modem.stop();
    await clock.advance(3_600_000);
    assert.equal(modem.state, 'off');
    assert.equal(clock.pending, 0);
  });
});

describe('simulated modem: SMS', () => {
  const OWNER = '+34666123456';
  it('obeys authorised numbers in any case of the header, and is silent for strangers', async () => {
    const { clock, modem } = await online();
    const sms = (from: string, text: string): Promise<string | undefined> =>
      clock.runUntil(modem.receiveSms(from, text));
    assert.equal(await sms(OWNER, 'MTXTUNNEL AT+CSQ'), '+CSQ: 18,99\r\nOK');
    assert.equal(await sms('+34666123457', ' mtxtunnel at^mtxtunnel=getparam,COMM_parity '), 'none\r\nOK');
    assert.equal(await sms('+34999999999', 'MTXTUNNEL AT+CSQ'), undefined);
    assert.equal(await sms(OWNER, 'AT+CSQ'), undefined);
    assert.equal(await sms(OWNER, 'MTXTUNNEL hello'), undefined);
    assert.deepEqual(
      modem.outbox.map((each) => each.number),
      [OWNER, '+34666123457'],
    );
    assert.equal((await sms(OWNER, 'MTXTUNNEL AT^MTXTUNNEL=GETCONFIG'))?.length, 160);
  });
  it('goes by its switches', async () => {
    const answer = async (config: Record<string, string>, from: string, text: string): Promise<string | undefined> => {
      const { clock, modem } = await online({ config });
      return clock.runUntil(modem.receiveSms(from, text));
    };
    assert.equal(await answer({ SMS_allPhones: 'on' }, '+1555', 'MTXTUNNEL AT'), 'OK');
    assert.equal(await answer({ SMS_ATEnabled: 'off' }, OWNER, 'MTXTUNNEL AT'), undefined);
    assert.equal(await answer({ SMS_ATResponse: 'off' }, OWNER, 'MTXTUNNEL AT'), undefined);
    assert.match((await answer({ SMS_sendIP: 'on' }, OWNER, 'mtxtunnel ON')) ?? '', /^10\./);
    assert.equal(await answer({}, OWNER, 'mtxtunnel on'), undefined);
    assert.equal(
      await answer({ SMS_alias7: 'RL0ON>AT^MTXTUNNEL=SETIO,0,1', SMS_aliasResponse: 'result' }, OWNER, 'rl0on'),
      'OK',
    );
    assert.equal(await answer({ SMS_alias7: 'RL0ON>AT^MTXTUNNEL=SETIO,0,1' }, OWNER, 'RL0ON'), undefined);
    const { clock, modem } = await online({ config: { SMS_sendIP: 'on' } });
    assert.match((await clock.runUntil(modem.missedCall(OWNER))) ?? '', /^10\./);
    assert.equal(await modem.missedCall('+1'), undefined);
  });
  it('waits 5 s for the serial device and answers with what it said', async () => {
    const { clock, modem, on } = await online();
    const start = clock.now();
    const answer = await clock.runUntil(
      modem.receiveSms(OWNER, 'MTXTUNNEL AT^MTXTUNNEL=RS232,0,<HEX>01030064000285D4</HEX>'),
    );
    assert.equal(Buffer.from(answer ?? '', 'latin1').toString('hex'), ANSWER);
    assert.ok(clock.now() - start >= 5_000 && clock.now() - start < 5_100);
    assert.deepEqual(on('tx'), []);
    const long = await clock.runUntil(
      modem.receiveSms(OWNER, 'MTXTUNNEL AT^MTXTUNNEL=RS232,0,<HEX>010300640064 05FE</HEX>'),
    );
    assert.equal(long?.length, 160);
  });
});
