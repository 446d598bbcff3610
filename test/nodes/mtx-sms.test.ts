import assert from 'node:assert/strict';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { systemClock } from '../../src/core/transport/lane/clock';
import { seededRandom, SmsNetwork, withParameter } from '../../src/simulator/index';
import {
  helper,
  IDS,
  IMEI,
  nextMessage,
  onMessage,
  paletteNodes,
  startBroker,
  startModem,
  until,
  type TestBroker,
} from '../support/palette';

const GATEWAY = '353234028103214';
const PHONE = '+34666000001';
const GATEWAY_PHONE = '+34666000002';
const PROVIDER = '+34666123456';
const CAUGHT = 'e000000000000002';
const TO_PROVIDER = 'd000000000000002';
const SMS = 'c000000000000002';
type Fields = Record<string, unknown>;

describe('mtx-sms in Node-RED', () => {
  let broker: TestBroker;
  let network: SmsNetwork;
  const modems: ModemCore[] = [];
  beforeEach(async () => {
    broker = await startBroker();
    network = new SmsNetwork({
      clock: systemClock,
      random: seededRandom(1),
      delayMsMin: 5,
      delayMsMax: 30,
      lossShare: 0,
    });
  });
  afterEach(async () => {
    await helper.unload();
    for (const modem of modems.splice(0)) modem.stop();
    await broker.close();
  });

  const modem = async (imei: string, number: string, config: Record<string, string> = {}): Promise<ModemCore> => {
    const started = await startModem(broker, { imei, config, simApn: 'movistar.es', onEvent: network.event });
    network.attach(started, number);
    modems.push(started);
    return started;
  };
  /** It gets a wrong APN and is gone. */
  const losing = async (known: ModemCore): Promise<ModemCore> => {
    known.body.stored = withParameter(known.body.stored, 'GPRS_apn', 'wrong');
    known.reboot();
    await until(() => known.state === 'offline');
    return known;
  };
  const flow = (sms: Fields, at: Fields = {}): helper.TestFlowsItem[] =>
    [
      { id: IDS.tab, type: 'tab' },
      { id: IDS.broker, type: 'mtx-broker', url: `mqtt://127.0.0.1:${broker.port}`, version: 1 },
      { id: IDS.modem, type: 'mtx-modem', broker: IDS.broker, imei: '', latency: '400' },
      {
        id: SMS,
        z: IDS.tab,
        type: 'mtx-sms',
        modem: IDS.modem,
        countryCode: '34',
        sender: PROVIDER,
        phones: `${IMEI}, ${PHONE}\n${GATEWAY}, ${GATEWAY_PHONE}`,
        timeout: '2000',
        wires: [[TO_PROVIDER], [IDS.out]],
        ...sms,
      },
      {
        id: IDS.node,
        z: IDS.tab,
        type: 'mtx-at',
        modem: IDS.modem,
        timeout: '500',
        wires: [['d000000000000003']],
        ...at,
      },
      { id: TO_PROVIDER, z: IDS.tab, type: 'helper', wires: [] },
      { id: IDS.out, z: IDS.tab, type: 'helper', wires: [] },
      { id: 'd000000000000003', z: IDS.tab, type: 'helper', wires: [] },
      { id: IDS.catch, z: IDS.tab, type: 'catch', scope: null, wires: [[CAUGHT]] },
      { id: CAUGHT, z: IDS.tab, type: 'helper', wires: [] },
    ] as helper.TestFlowsItem[];
  const load = (sms: Fields = {}, at: Fields = {}): Promise<void> =>
    helper.load(paletteNodes(), flow(sms, at)) as unknown as Promise<void>;
  const send = (msg: Fields, id = SMS): void => helper.getNode(id).receive(msg as never);
  /** A provider: takes texts off the first output and brings the answers in. */
  const connectProvider = (): { to: string; text: string; from: string }[] => {
    const sent: { to: string; text: string; from: string }[] = [];
    helper.getNode(TO_PROVIDER).on('input', (msg) => {
      const { to, text, from } = msg.payload as { to: string; text: string; from: string };
      sent.push({ to, text, from });
      network.send(from, to, text);
    });
    network.phone(PROVIDER, (from, text) => send({ payload: { from, text, at: systemClock.date().toISOString() } }));
    return sent;
  };
  const caught = async (msg: Fields, id = SMS): Promise<{ code: string; detail: string }> => {
    const heard = nextMessage(CAUGHT);
    send(msg, id);
    const { cause, message } = ((await heard) as unknown as { error: { message: string; cause: { code: string } } })
      .error;
    return { code: cause.code, detail: message };
  };

  it('asks through a provider, and matches the answer', async () => {
    await modem(IMEI, PHONE);
    await load();
    const sent = connectProvider();
    const out = nextMessage(IDS.out);
    send({ imei: IMEI, payload: 'AT+CSQ', mine: 1 });
    const msg = await out;
    const { match, imei, command, ok, values } = msg.payload as Fields;
    assert.deepEqual(
      [match, imei, command, ok, (values as Fields)['csq'], msg['mine']],
      ['answer', IMEI, 'AT+CSQ', true, 18, 1],
    );
    assert.deepEqual(sent, [{ to: PHONE, text: 'MTXTUNNEL AT+CSQ', from: PROVIDER }]);
  });

  it('tells texts of strangers, late ones and those nobody asked for', async () => {
    await load({ timeout: '1000' });
    const heard: Fields[] = [];
    onMessage((msg) => heard.push(msg['payload'] as Fields));
    send({ payload: { from: '+34999999999', text: 'OK', at: '2026-01-02T03:04:05Z' } });
    send({ payload: { from: '666 000 001', text: 'hello', id: 7 } });
    send({ payload: { from: '666 000 001', text: 'hello', id: 7 } });
    assert.equal((await caught({ imei: IMEI, payload: 'AT+CSQ' })).code, 'OUTCOME_UNKNOWN');
    send({ payload: { from: PHONE, text: '+CSQ: 9,99\r\nOK' } });
    await until(() => heard.length === 3);
    assert.deepEqual(
      heard.map(({ match, imei, at }) => [match, imei, typeof at]),
      [
        ['unknown', null, 'string'],
        ['unasked', IMEI, 'string'],
        ['late', IMEI, 'string'],
      ],
    );
    assert.equal(heard[0]?.['at'], '2026-01-02T03:04:05.000Z');
    assert.equal((heard[2]?.['values'] as Fields)['csq'], 9);
  });

  it('refuses what no modem understands, what is dangerous and what has no number', async () => {
    await load({ aliases: 'RL0ON>AT^MTXTUNNEL=SETIO,0,1' });
    const sent = connectProvider();
    const refused = async (msg: Fields, sentence: RegExp): Promise<void> => {
      const { code, detail } = await caught({ imei: IMEI, ...msg });
      assert.equal(code, 'CONFIG_INVALID', detail);
      assert.match(detail, sentence);
    };
    await refused({ payload: 'hello' }, /MTXTUNNEL AT/);
    await refused({ payload: { alias: 'BYE' } }, /not known.*confirm/);
    await refused({ payload: 'AT^MTXTUNNEL=SETPARAM,GPRS_apn,x' }, /GPRS_apn.*confirm/);
    await refused({ payload: `AT^MTXTUNNEL=SETPARAM,SMS_alias1,${'x'.repeat(140)}` }, /shorten it by/);
    await refused({ imei: '353234028103222', payload: 'AT' }, /msg\.phone/);
    await refused({ imei: undefined, payload: 'AT' }, /msg\.imei/);
    await refused({ payload: 42 }, /no text/);
    await refused({ payload: { from: PHONE } }, /came in/);
    await refused({ modems: [{ imei: IMEI }] }, /entry 1/);
    assert.deepEqual(sent, []);
  });

  it('learns numbers from messages, and who is obeyed', async () => {
    await load({ phones: '', awaitAnswer: false });
    const sent = connectProvider();
    send({
      modems: [{ imei: IMEI, phone: '666 000 001', config: { SMS_allPhones: 'off', SMS_validPhone1: '+34999999999' } }],
    });
    send({ modems: { [GATEWAY]: GATEWAY_PHONE } });
    assert.match((await caught({ imei: IMEI, payload: 'AT' })).detail, /obeys \+34999999999/);
    send({ imei: GATEWAY, payload: 'AT' });
    send({ imei: '353234028103222', phone: '+34 666 000 003', payload: 'AT' });
    await until(() => sent.length === 2);
    assert.deepEqual(
      sent.map(({ to }) => to),
      [GATEWAY_PHONE, '+34666000003'],
    );
  });

  it('keeps its limit over a deploy, and drops what is cancelled', async () => {
    await load({ perHour: '1', awaitAnswer: false });
    const sent = connectProvider();
    send({ imei: IMEI, payload: 'AT' });
    await until(() => sent.length === 1);
    assert.equal((await caught({ imei: IMEI, payload: 'AT' })).code, 'LIMIT_REACHED');
    await helper.unload();
    await load({ timeout: '60000' });
    const waiting = nextMessage(CAUGHT);
    send({ imei: IMEI, payload: 'AT' });
    await systemClock.sleep(50);
    send({ imei: IMEI, cancel: true });
    assert.equal(((await waiting) as unknown as { error: { cause: { code: string } } }).error.cause.code, 'CANCELLED');
  });

  it('sends through a gateway modem, and a modem with a wrong APN comes back', async () => {
    await modem(GATEWAY, GATEWAY_PHONE);
    const lost = await losing(await modem(IMEI, PHONE, { SMS_validPhone1: GATEWAY_PHONE }));
    await load({ way: 'gateway', gateway: GATEWAY, sender: '', awaitAnswer: false });
    send({ imei: IMEI, confirm: true, payload: 'AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es' });
    await until(() => lost.config.get('gprs_apn')?.value === 'movistar.es');
    send({ imei: IMEI, payload: 'AT^MTXTUNNEL=REBOOT' });
    await until(() => lost.state === 'online');
    assert.equal(lost.boots, 3);
    assert.match((await caught({ imei: GATEWAY, payload: 'AT' })).detail, /itself/);
  });

  it('says that a gateway out of reach sent nothing, or may have', async () => {
    await load({ way: 'gateway', gateway: '', sender: '' });
    assert.equal((await caught({ imei: IMEI, payload: 'AT' })).code, 'CONFIG_INVALID');
    await helper.unload();
    const gateway = await modem(GATEWAY, GATEWAY_PHONE, { MTX_ATLimited: 'off' });
    await load({ way: 'gateway', gateway: GATEWAY, phones: `${IMEI}, +1234567` });
    assert.equal(gateway.outbox.length, 0);
    assert.equal((await caught({ imei: IMEI, payload: 'AT' })).code, 'OUTCOME_UNKNOWN');
    assert.deepEqual(gateway.outbox, [{ number: '+1234567', text: 'MTXTUNNEL AT' }]);
  });

  it('is the way of mtx-at where MQTT does not deliver, for whatever was never sent', async () => {
    const target = await losing(await modem(IMEI, PHONE));
    await load({}, { smsFallback: true, smsAfter: '1', sms: SMS, command: '' });
    const sent = connectProvider();
    const answers: Fields[] = [];
    helper.getNode('d000000000000003').on('input', (msg) => answers.push(msg.payload as Fields));
    send(
      { imei: IMEI, confirm: true, payload: ['AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es', 'AT^MTXTUNNEL=REBOOT'] },
      IDS.node,
    );
    await until(() => answers.length === 2);
    assert.deepEqual(
      answers.map(({ command, ok, way }) => [command, ok, way]),
      [
        ['AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es', true, 'sms'],
        ['AT^MTXTUNNEL=REBOOT', true, 'sms'],
      ],
    );
    await until(() => target.state === 'online');
    assert.equal(sent.length, 2);
  });

  it('is the way of mtx-config too: a modem with a wrong APN is changed by text and read over MQTT', async () => {
    const target = await losing(await modem(IMEI, PHONE));
    await load(
      {},
      {
        type: 'mtx-config',
        action: 'apply',
        smsFallback: true,
        smsAfter: '1',
        sms: SMS,
        lifeTime: '15',
        wires: [['d000000000000003'], []],
      },
    );
    const sent = connectProvider();
    const heard = nextMessage('d000000000000003');
    send({ imei: IMEI, confirm: true, desired: { GPRS_apn: 'movistar.es', MTX_ping: '20' } }, IDS.node);
    const { ok, state, way } = (await heard).payload as Fields;
    assert.deepEqual([ok, state, way], [true, 'changed', 'sms']);
    assert.deepEqual(
      sent.map(({ text }) => text.replace('MTXTUNNEL AT^MTXTUNNEL=', '')),
      ['SETPARAM,MTX_ping,20', 'SETPARAM,GPRS_apn,movistar.es', 'REBOOT'],
    );
    assert.equal(target.config.get('mtx_ping')?.value, '20');
    assert.equal(target.state, 'online');
  });

  it('is left alone by mtx-at when that is not switched on, or no number is known', async () => {
    await load({}, { sms: SMS, smsAfter: '1', command: 'AT' });
    const sent = connectProvider();
    assert.equal((await caught({ imei: IMEI }, IDS.node)).code, 'NO_REPLY');
    await helper.unload();
    await load({ phones: '' }, { smsFallback: true, sms: SMS, smsAfter: '1', command: 'AT' });
    const { code, detail } = await caught({ imei: IMEI }, IDS.node);
    assert.equal(code, 'NO_REPLY');
    assert.match(detail, /could not go by text message: the phone number/);
    await helper.unload();
    await load({}, { smsFallback: true, sms: 'nothing', smsAfter: '1', command: 'AT' });
    assert.match((await caught({ imei: IMEI }, IDS.node)).detail, /mtx-sms/);
    assert.deepEqual(sent, []);
  });
});
