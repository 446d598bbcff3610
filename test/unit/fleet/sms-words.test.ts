// Alphabet, numbers, texts, phone book: what may be sent to whom.
import assert from 'node:assert/strict';
import { said } from '../../support/outcome-words';
import { gsm7CodesOf, septetsOf, smsFault } from '../../../src/core/fleet/sms/sms-alphabet';
import { parsePhoneLines, PhoneBook, validPhonesOf } from '../../../src/core/fleet/sms/sms-book';
import { normalNumber, numberReadings } from '../../../src/core/fleet/sms/sms-number';
import {
  dangerOfSms,
  gatewayCommand,
  parseAliases,
  parseSmsText,
  smsOfAlias,
  smsOfCommand,
} from '../../../src/core/fleet/sms/sms-text';
import { ReadError } from '../../../src/core/wire/errors';

const refused = (act: () => unknown, sentence: RegExp): void =>
  assert.throws(
    act,
    (e: unknown) =>
      e instanceof ReadError && e.code === 'CONFIG_INVALID' && sentence.test(said(e)) && e.stage === 'configure',
    String(sentence),
  );

describe('text message alphabet (3GPP TS 23.038, 6.2.1)', () => {
  it('has the codes of the default table', () => {
    // code points as the table of the specification prints them
    const rows: [string, number][] = [
      ['@', 0x00],
      ['£', 0x01],
      ['$', 0x02],
      ['ù', 0x06],
      ['Ç', 0x09],
      ['\n', 0x0a],
      ['\r', 0x0d],
      ['å', 0x0f],
      ['Δ', 0x10],
      ['_', 0x11],
      ['Ξ', 0x1a],
      ['Æ', 0x1c],
      ['É', 0x1f],
      [' ', 0x20],
      ['¤', 0x24],
      ['+', 0x2b],
      ['0', 0x30],
      ['=', 0x3d],
      ['?', 0x3f],
      ['¡', 0x40],
      ['A', 0x41],
      ['Z', 0x5a],
      ['Ä', 0x5b],
      ['Ñ', 0x5d],
      ['§', 0x5f],
      ['¿', 0x60],
      ['a', 0x61],
      ['z', 0x7a],
      ['ñ', 0x7d],
      ['à', 0x7f],
    ];
    for (const [character, code] of rows) assert.deepEqual(gsm7CodesOf(character), [code], character);
  });
  it('has the codes of the extension table, escaped', () => {
    const rows: [string, number][] = [
      ['^', 0x14],
      ['{', 0x28],
      ['}', 0x29],
      ['\\', 0x2f],
      ['[', 0x3c],
      ['~', 0x3d],
      [']', 0x3e],
      ['|', 0x40],
      ['€', 0x65],
      ['\f', 0x0a],
    ];
    for (const [character, code] of rows) assert.deepEqual(gsm7CodesOf(character), [0x1b, code], character);
  });
  it('has no others', () => {
    for (const character of ['ç', 'á', 'í', 'ó', 'ú', '`', '“', '\u0000', '\u001b', '\t', '😀', 'а'])
      assert.equal(gsm7CodesOf(character), undefined, JSON.stringify(character));
  });
  it('counts extension characters double', () => {
    assert.equal(septetsOf('MTXTUNNEL AT+CSQ'), 16);
    assert.equal(septetsOf('MTXTUNNEL AT^MTXTUNNEL=REBOOT'), 30);
    assert.equal(septetsOf('[IMEI]/rx'), 11);
    assert.equal(septetsOf('á'), undefined);
  });
  it('takes 160 and not 161, and says by how much and what to change', () => {
    assert.equal(smsFault('x'.repeat(160)), undefined);
    assert.match(said(smsFault('x'.repeat(161))), /161.*160.*shorten it by 1/);
    assert.equal(smsFault('^'.repeat(80)), undefined);
    assert.match(said(smsFault(`${'^'.repeat(80)}x`)), /count double.*shorten it by 1$/);
    assert.match(said(smsFault('AT+CÁ')), /"Á".*write "A"/);
    assert.match(said(smsFault('a“b')), /write """/);
    assert.match(said(smsFault('a😀')), /leave it out/);
    assert.match(said(smsFault('a\nb')), /line break/);
  });
});

describe('phone numbers', () => {
  it('come in one form', () => {
    for (const text of [
      '+34666123456',
      '0034666123456',
      '+34 666 12 34 56',
      '+34-666-123-456',
      '666 12 34 56',
      ' (+34) 666.123.456',
    ])
      assert.equal(normalNumber(text, '34'), '+34666123456', text);
    assert.equal(normalNumber('666123456', '+34'), '+34666123456');
    assert.equal(normalNumber('666123456', '0034'), '+34666123456');
  });
  it('are refused where they can be read in two ways, or in none', () => {
    refused(() => normalNumber('34666123456', '34'), /\+34666123456 or \+3434666123456/);
    refused(() => normalNumber('0171 1234567', '49'), /\+49/);
    refused(() => normalNumber('666123456', ''), /country code/);
    for (const text of ['', 'MOVISTAR', '+', '+0034666', '+34 66x', '+1234567890123456', '123'])
      refused(() => normalNumber(text, '34'), /./);
    refused(() => normalNumber('666123456', 'abc'), /country code/);
  });
  it('of senders are read in all the ways they may mean', () => {
    assert.deepEqual(numberReadings('+34666123456', '34'), ['+34666123456']);
    assert.deepEqual(numberReadings('34666123456', '34'), ['+34666123456', '+3434666123456']);
    assert.deepEqual(numberReadings('666123456', '34'), ['+666123456', '+34666123456']);
    assert.deepEqual(numberReadings('01711234567', '49'), ['+4901711234567', '+491711234567']);
    assert.deepEqual(numberReadings('MOVISTAR', '34'), []);
    assert.deepEqual(numberReadings('1004', '34'), []);
  });
});

describe('the phone book', () => {
  const A = '353234028103206';
  const B = '353234028103214';
  it('finds a modem by its number in every spelling, and a stranger never', () => {
    const book = new PhoneBook('34', [
      { imei: A, phone: '666123456' },
      { imei: B, phone: '+34666123457' },
    ]);
    for (const from of ['+34666123456', '34666123456', '0034666123456', '666 123 456'])
      assert.equal(book.imeiOf(from), A, from);
    for (const from of ['+34666123458', '+35666123456', '66612345', 'MOVISTAR', '', '+34666123456789'])
      assert.equal(book.imeiOf(from), undefined, from);
  });
  it('matches nobody where a number may mean two modems', () => {
    const book = new PhoneBook('34', [
      { imei: A, phone: '+34666123456' },
      { imei: B, phone: '+3434666123456' },
    ]);
    assert.equal(book.imeiOf('34666123456'), undefined);
    assert.equal(book.imeiOf('+34666123456'), A);
  });
  it('gives a number to one modem, and follows a changed SIM', () => {
    const book = new PhoneBook('', [{ imei: A, phone: '+34666123456' }]);
    refused(() => book.learn({ imei: B, phone: '+34 666123456' }), /told apart/);
    book.learn({ imei: A, phone: '+34600000001' });
    assert.equal(book.imeiOf('+34666123456'), undefined);
    book.learn({ imei: B, phone: '+34666123456' });
    assert.deepEqual([book.phoneOf(A), book.phoneOf(B), book.size], ['+34600000001', '+34666123456', 2]);
  });
  it('reads lines, and names the bad one', () => {
    assert.deepEqual(
      parsePhoneLines(`imei,phone\n${A}, +34 666123456, +34600000001, +34600000002\n\n${B};666123457 # spare\n`),
      [
        { imei: A, phone: '+34 666123456', validPhones: ['+34600000001', '+34600000002'] },
        { imei: B, phone: '666123457' },
      ],
    );
    refused(() => parsePhoneLines(`${A},+34666123456\n12,3`), /line 2/);
  });
  it('learns from a configuration who may command', () => {
    assert.deepEqual(
      validPhonesOf({
        SMS_allPhones: 'off',
        SMS_validPhone1: '+34600000001',
        sms_validphone2: '+34600000002',
        SMS_validPhone3: '',
      }),
      ['+34600000001', '+34600000002'],
    );
    assert.equal(validPhonesOf({ SMS_allPhones: 'on', SMS_validPhone1: '+34600000001' }), 'all');
    assert.deepEqual(validPhonesOf({ SMS_allPhones: 'off' }), []);
    assert.equal(validPhonesOf({ COMM_baudrate: '9600' }), undefined);
  });
});

describe('texts to modems', () => {
  const aliases = parseAliases('SMS_alias1: RL0ON>AT^MTXTUNNEL=SETIO,0,1\nrl0off > AT^MTXTUNNEL=SETIO,0,0\nHELP\n');
  it('are built from what a person writes', () => {
    for (const written of ['AT+CSQ', 'MTXTUNNEL AT+CSQ', 'mtxtunnel AT+CSQ', ' MTXTUNNEL  AT+CSQ ', 'MTXTUNNELAT+CSQ'])
      assert.deepEqual(
        parseSmsText(written, aliases),
        { kind: 'command', text: 'MTXTUNNEL AT+CSQ', command: 'AT+CSQ' },
        written,
      );
    assert.deepEqual(parseSmsText('MTXTUNNEL ON', aliases), { kind: 'connect', text: 'mtxtunnel on' });
    assert.deepEqual(parseSmsText('rl0on', aliases), {
      kind: 'alias',
      text: 'RL0ON',
      command: 'AT^MTXTUNNEL=SETIO,0,1',
    });
    assert.deepEqual(smsOfAlias('OTHER', aliases), { kind: 'alias', text: 'OTHER', command: undefined });
    assert.equal(
      smsOfCommand('AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es').text,
      'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es',
    );
  });
  it('are refused with what to change', () => {
    refused(() => parseSmsText('"MTXTUNNEL AT+CSQ"', aliases), /quotes/);
    refused(() => parseSmsText('hello', aliases), /MTXTUNNEL AT\.\.\./);
    refused(() => parseSmsText('mtxtunnel off', aliases), /nothing a modem understands/);
    refused(() => parseSmsText('mtxtunnel reboot', aliases), /MTXTUNNEL AT\^MTXTUNNEL=REBOOT/);
    refused(() => parseSmsText(' ', aliases), /empty/);
    refused(() => parseSmsText('AT+CSQ\nAT^MTXTUNNEL=END', aliases), /line break/);
    refused(() => parseSmsText(`AT^MTXTUNNEL=SETPARAM,GPRS_apn,${'x'.repeat(130)}`, aliases), /shorten it by \d+/);
    refused(() => parseSmsText('AT^MTXTUNNEL=SETPARAM,GPRS_apn,móvil', aliases), /"ó".*write "o"/);
    refused(() => parseAliases('RL0ON>SETIO'), /NAME>AT/);
  });
  it('need a word where they are dangerous, or unknown', () => {
    const danger = (written: string): string | undefined => {
      const why = dangerOfSms(parseSmsText(written, aliases));
      return why && said(why);
    };
    assert.equal(danger('AT+CSQ'), undefined);
    assert.equal(danger('RL0ON'), undefined);
    assert.equal(danger('mtxtunnel on'), undefined);
    assert.match(danger('at^mtxtunnel = setparam, GPRS_apn,x') ?? '', /GPRS_apn/);
    assert.match(danger('AT^MTXTUNNEL=END') ?? '', /stops/);
    assert.match(danger('HELP') ?? '', /not known/);
    assert.match(said(dangerOfSms(smsOfAlias('BYE', parseAliases('BYE>AT^SMSO')))), /off/);
  });
  it('go through a gateway with commas and quotes as they are', () => {
    assert.equal(
      gatewayCommand('+34666123456', 'MTXTUNNEL AT+CGDCONT=1,"IP","a.b"'),
      'AT^MTXTUNNEL=SMS,+34666123456,MTXTUNNEL AT+CGDCONT=1,"IP","a.b"',
    );
    refused(() => gatewayCommand('+34666123456', 'RELÉ'), /ASCII/);
  });
});
