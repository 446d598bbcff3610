// The modem's SMS side: who may command, what the texts mean, what is answered. Strangers hear nothing.
import { serialData } from './at-commands';
import { family, isOn, valueOf, type Config } from './config';
import type { AtResult } from './reply-style';

/** What an SMS may ask of the modem it reaches. */
export interface SmsHost {
  readonly config: Config;
  readonly smsLimit: number;
  run(command: string): Promise<AtResult>;
  askSerial(bytes: Uint8Array, ms: number): Promise<Uint8Array>;
  ip(): string;
}

/** The answer to an SMS; undefined = silence. */
export async function answerSms(host: SmsHost, from: string, text: string): Promise<string | undefined> {
  const { config } = host;
  if (!isAllowed(config, from)) return undefined;
  const words = text.trim();
  const aliased = family(config, 'SMS_alias')
    .map((alias) => ({ alias, end: alias.indexOf('>') }))
    .find(({ alias, end }) => end >= 0 && alias.slice(0, end).trim().toLowerCase() === words.toLowerCase());
  if (aliased) {
    const answer = await execute(host, aliased.alias.slice(aliased.end + 1));
    return valueOf(config, 'SMS_aliasResponse')?.toLowerCase() === 'result' ? answer : undefined;
  }
  if (/^mtxtunnel\s+on$/i.test(words)) return isOn(config, 'SMS_sendIP') ? host.ip() : undefined;
  const command = /^mtxtunnel\s*(at.*)$/is.exec(words)?.[1];
  if (command === undefined || !isOn(config, 'SMS_ATEnabled')) return undefined;
  const answer = await execute(host, command);
  return isOn(config, 'SMS_ATResponse') ? answer : undefined;
}

/**
 * A missed call does what `mtxtunnel on` does: the connection is always on here (GPRS_timeout 0), so its address is the
 * answer.
 */
export async function answerCall(host: SmsHost, from: string): Promise<string | undefined> {
  return isAllowed(host.config, from) && isOn(host.config, 'SMS_sendIP') ? host.ip() : undefined;
}

function isAllowed(config: Config, from: string): boolean {
  return (
    isOn(config, 'SMS_allPhones') ||
    family(config, 'SMS_validPhone').some((phone) => phone.replace(/\s/g, '') === from.replace(/\s/g, ''))
  );
}

async function execute(host: SmsHost, command: string): Promise<string> {
  // Data for the serial device: the modem waits 5 seconds and answers with what it has.
  const toSerial = /^\s*AT\s*\^\s*MTXTUNNEL\s*=\s*RS232\s*,(.*)$/is.exec(command)?.[1];
  const data = toSerial === undefined ? undefined : serialData(toSerial);
  if (data)
    return Buffer.from(await host.askSerial(data.bytes, SERIAL_ANSWER_MS))
      .toString('latin1')
      .slice(0, host.smsLimit);
  const { lines, final } = await host.run(command);
  return [...lines, final].join('\r\n').slice(0, host.smsLimit);
}

const SERIAL_ANSWER_MS = 5000;
