import assert from 'node:assert/strict';
import { decodeReply, encodeCommand, scanReply } from '../../../src/core/at/at';
import { sendCommand } from '../../../src/core/at/command';
import type { Step } from '../../../src/core/wire/dialogue';
import { fromLatin1, toLatin1 } from '../../../src/core/wire/bytes';
import type { ReadError } from '../../../src/core/wire/errors';
import { said } from '../../support/said';

const decode = (text: string, command = 'AT+CSQ'): ReturnType<typeof decodeReply> =>
  decodeReply(fromLatin1(text), command);

/** Runs the dialogue with these messages, then silence; says after how many of them it was content. */
function talk(
  command: string,
  messages: readonly string[],
): { lines: readonly string[]; result: string; isOk: boolean; used: number } {
  const dialogue = sendCommand({ command, timeoutMs: 15_000 });
  let used = 0;
  let turn = dialogue.next();
  while (!turn.done) {
    const step: Step = turn.value;
    turn = dialogue.next(
      step.do === 'receive' && used < messages.length ? fromLatin1(messages[used++] ?? '') : undefined,
    );
  }
  return { ...turn.value, used };
}

describe('AT replies', () => {
  const CSQ = { isOk: true, result: 'OK', lines: ['+CSQ: 18,99'] };

  // V.250, 5.7.1: <CR><LF>text<CR><LF> and a result code; the rest are the looks that the modem's pages leave open
  const looks: Readonly<Record<string, string>> = {
    'as V.250 has it': '\r\n+CSQ: 18,99\r\n\r\nOK\r\n',
    'with the echo': 'AT+CSQ\r\r\n+CSQ: 18,99\r\n\r\nOK\r\n',
    'with an echo in other letters and spaces': 'at +csq\r\n+CSQ: 18,99\r\nOK\r\n',
    'on one line': '+CSQ: 18,99 OK',
    'on one line with the echo': 'AT+CSQ +CSQ: 18,99 OK',
    'between tags': '<MTXTUNNEL>AT+CSQ +CSQ: 18,99 OK</MTXTUNNEL>',
    'between tags, in lines': '<MTXTUNNEL>\r\n+CSQ: 18,99\r\nOK\r\n</MTXTUNNEL>',
    'with line feeds alone': 'AT+CSQ\n+CSQ: 18,99\nOK\n',
    'with a NUL at its end': '\r\n+CSQ: 18,99\r\n\r\nOK\r\n\0',
  };
  for (const [look, text] of Object.entries(looks)) {
    it(`are read ${look}, also cut anywhere into two messages`, () => {
      assert.deepEqual(decode(text), CSQ);
      for (let cut = 1; cut < text.length; cut++) {
        const { lines, result, isOk } = talk('AT+CSQ', [text.slice(0, cut), text.slice(cut)]);
        assert.deepEqual({ lines, result, isOk }, CSQ, `cut at ${cut}`);
      }
    });
  }

  it('tell success from refusal', () => {
    assert.deepEqual(decode('\r\nERROR\r\n'), { isOk: false, result: 'ERROR', lines: [] });
    assert.deepEqual(decode('AT+CSQ +CME ERROR: 10'), { isOk: false, result: '+CME ERROR: 10', lines: [] });
    assert.deepEqual(decode('\r\n+CMS ERROR: 500\r\n'), { isOk: false, result: '+CMS ERROR: 500', lines: [] });
    assert.deepEqual(decode('\r\nNO CARRIER\r\n'), { isOk: false, result: 'NO CARRIER', lines: [] });
    assert.deepEqual(decode('AT OK', 'AT'), { isOk: true, result: 'OK', lines: [] });
  });

  it('take a value that ends like a result for what it is', () => {
    const command = 'AT^MTXTUNNEL=GETPARAM,MTX_name';
    assert.deepEqual(decode('LOOK', command), { isOk: true, result: '', lines: ['LOOK'] });
    assert.deepEqual(decode(`${command} LOOK OK`, command), { isOk: true, result: 'OK', lines: ['LOOK'] });
  });

  it('take no echo for a reply, whole or cut, however it ends', () => {
    const command = 'AT^MTXTUNNEL=SETPARAM,MTX_name,IT IS OK NOW';
    assert.equal(decode(command, command).result, '');
    assert.equal(decode(command.slice(0, -4), command).result, ''); // ... IT IS OK
    assert.throws(
      () => talk('AT^MTXTUNNEL=SETPARAM,MTX_name,IT IS OK', ['AT^MTXTUNNEL=SETPARAM,MTX_name,IT IS OK\r']),
      (e: ReadError) => e.code === 'NO_REPLY',
    );
    assert.equal(talk(command, [command.slice(0, -4), ' NOW\r\r\nERROR\r\n']).result, 'ERROR');
  });

  it('are complete with the result line, and not before', () => {
    const long = Array.from({ length: 60 }, (_, i) => `PARAM_${i}: ${'x'.repeat(40)}`);
    const text = `AT^MTXTUNNEL=GETCONFIG\r\r\n${long.join('\r\n')}\r\n\r\nOK\r\n`;
    const parts = [text.slice(0, 1000), text.slice(1000, 2000), text.slice(2000), 'never asked for'];
    const reply = talk('AT^MTXTUNNEL=GETCONFIG', parts);
    assert.deepEqual([reply.lines, reply.used], [long, 3]);
    assert.equal(scanReply('AT')(fromLatin1('AT\r')), 'more');
  });

  it('to an earlier command alone are no reply, and say so', () => {
    assert.throws(
      () => talk('AT+CSQ', ['AT+CGSN\r\n353234028103206\r\n']),
      (e: ReadError) => e.reason === 'at.lateOnly',
    );
    assert.throws(
      () => talk('AT+CSQ', ['AT+CSQ\r\n']),
      (e: ReadError) => e.reason === 'at.echoOnly',
    );
  });

  it('without a result line are taken after a silence; an echo alone and silence are no reply', () => {
    const bare = talk('AT^MTXTUNNEL=VERSION', ['10.20\r\n']);
    assert.deepEqual([bare.lines, bare.result, bare.isOk], [['10.20'], '', true]);
    assert.throws(
      () => talk('AT+CSQ', ['AT+CSQ\r']),
      (e: ReadError) => e.code === 'NO_REPLY' && /echoed/.test(said(e)),
    );
    assert.throws(
      () => talk('AT+CSQ', []),
      (e: ReadError) => e.code === 'NO_REPLY',
    );
  });

  it('to an earlier command are passed over by their echo, whole, cut, on one line, before the right one or alone', () => {
    const late = 'AT+CREG?\r\r\n+CREG: 0,1\r\n\r\nOK\r\n';
    const right = 'AT+CSQ\r\r\n+CSQ: 18,99\r\n\r\nOK\r\n';
    for (const before of [late, 'AT+CREG? +CREG: 0,1 OK', '<MTXTUNNEL>AT+CREG? +CREG: 0,1 OK</MTXTUNNEL>']) {
      for (const messages of [[before, right], [before + right]])
        assert.deepEqual(talk('AT+CSQ', messages).lines, ['+CSQ: 18,99'], before);
      assert.throws(
        () => talk('AT+CSQ', [before]),
        (e: ReadError) => e.code === 'NO_REPLY' || e.code === 'BAD_FRAME',
      );
    }
    for (let cut = 1; cut < late.length; cut++)
      assert.deepEqual(
        talk('AT+CSQ', [late.slice(0, cut), late.slice(cut) + right]).lines,
        ['+CSQ: 18,99'],
        `cut at ${cut}`,
      );
    // two parameters of one command, and one that is the other's beginning
    const get = (name: string, value: string): string => `AT^MTXTUNNEL=GETPARAM,${name}\r\n${value}\r\nOK\r\n`;
    assert.deepEqual(
      talk('AT^MTXTUNNEL=GETPARAM,MTX_ping', [get('MTX_pingIP', '8.8.8.8'), get('MTX_ping', '35')]).lines,
      ['35'],
    );
    assert.deepEqual(talk('AT', [right, 'AT\r\nOK\r\n']).lines, []);
  });

  it('of endless length end as an error', () => {
    const dialogue = sendCommand({ command: 'AT', timeoutMs: 1_000 });
    dialogue.next();
    dialogue.next();
    assert.throws(
      () => {
        for (let i = 0; i < 100; i++) dialogue.next(new Uint8Array(1024).fill(0x41));
      },
      (e: ReadError) => e.code === 'BAD_FRAME',
    );
  });

  it('are known octet by octet as they are known whole, between tags cut anywhere too', () => {
    for (const text of [
      '<MTXTUNNEL>AT+CSQ\r\n+CSQ: 18,99</MTXTUNNEL><MTXTUNNEL>OK',
      'AT+CREG?\r\n+CREG: 0,1\r\nOK\r\n<MTXTUNNEL>AT+CSQ +CSQ: 18,99 OK',
      '\0\r\n at + csq \t\r\n  +CSQ: 18,99 \r\n\t OK',
    ])
      assert.deepEqual(talk('AT+CSQ', [...text]), { ...CSQ, used: text.length }, text);
    // a tag that is cut off is no part of the line before it
    const { lines, result, used } = talk('AT+CSQ', ['x OK<MTX', 'TUNNEL>', 'never asked for']);
    assert.deepEqual([lines, result, used], [['x'], 'OK', 2]);
  });

  it('cost what their size costs, whatever blanks they hold', () => {
    const pieces = [`A${' '.repeat(65_000)}B`, ...'0123456789'.repeat(30)];
    assert.deepEqual(talk('AT+CSQ', [...pieces, ' OK']), {
      isOk: true,
      result: 'OK',
      lines: [pieces.join('')],
      used: 302,
    });
    const octets = [...'AT+CSQ\r\n', ...' '.repeat(30_000), ...'B\n'.repeat(15_000)];
    assert.equal(talk('AT+CSQ', [...octets, 'O', 'K']).used, octets.length + 2);
  });
});

describe('AT commands', () => {
  it('are sent as they are, with CR where the modem wants it', () => {
    assert.equal(toLatin1(encodeCommand(' AT+CSQ ', false)), 'AT+CSQ');
    assert.equal(toLatin1(encodeCommand('AT+CSQ', true)), 'AT+CSQ\r');
  });

  it('with control characters, without text, or too long are refused', () => {
    for (const wrong of [
      'AT\rAT^MTXTUNNEL=END',
      'AT\nX',
      'AT\0',
      'AT\x1a',
      'AT\x7f',
      '',
      '  ',
      'AT€',
      'AT😀',
      'A'.repeat(1025),
    ]) {
      assert.throws(
        () => encodeCommand(wrong, false),
        (e: ReadError) => e.code === 'CONFIG_INVALID' && e.stage === 'configure',
        JSON.stringify(wrong),
      );
    }
  });

  it('that nobody answers are not waited for', () => {
    const dialogue = sendCommand({ command: 'AT^MTXTUNNEL=REBOOT', timeoutMs: 1_000, isUnanswered: true });
    dialogue.next();
    assert.deepEqual(dialogue.next(), { done: true, value: { isOk: true, result: '', lines: [] } });
  });
});
