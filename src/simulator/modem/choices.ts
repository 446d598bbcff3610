// Everything the vendor's pages leave open, each a switch: a client has to live with every setting of every one.

import { REPLY_STYLES, type ReplyStyle } from './reply-style';

export interface Choices {
  /** Power-on or reboot until the first connect. */
  readonly bootMsMin: number;
  readonly bootMsMax: number;
  /** Waits between connects after a loss: doubled from the first to the second figure. */
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** A status message as soon as the connection stands, and not only after the first period. */
  readonly hasStatusAtOnce: boolean;
  /** A last will on the status topic. */
  readonly hasWill: boolean;
  /** Time that one AT command takes. */
  readonly atMsMin: number;
  readonly atMsMax: number;
  readonly replyStyle: ReplyStyle;
  /** When COMM_, MQTT_, DNS_ and GPRS_ changes act. */
  readonly setparamActs: 'reboot' | 'at once';
  /** GETPARAM of a name that is not set: ERROR, or an empty line and OK. */
  readonly unknownParam: 'error' | 'empty';
  /** GETPARAM answers `9600` or `COMM_baudrate: 9600`. */
  readonly paramReply: 'value' | 'named';
  /** A: hears commrxtopic, speaks on commtxtopic (as set up by this project). B: the other way round. */
  readonly direction: 'A' | 'B';
  /** Bytes of one serial message at most: 256, 512, 1024, or 0 for no limit. */
  readonly messageCap: number;
  readonly localEcho: boolean;
  /** Probability of stray 0x00/0xFF before an answer. */
  readonly noise: number;
  readonly whileTalking: 'wait' | 'drop' | 'through';
  readonly whileFrozen: 'drop' | 'hold';
  /** A data call in 2G stops MQTT as well. */
  readonly callStopsMqtt: boolean;
  readonly smsLimit: number;
  /** Failed pings one after the other until the modem reboots. */
  readonly pingFailures: number;
  /** How often a modem without network counts one more error. */
  readonly networkCheckMs: number;
  /** A locked modem refuses END and EXECUTE; if this is on, SETPARAM as well. */
  readonly lockRefusesSetparam: boolean;
  /** AT^MTXTUNNEL=LOCK and =UNLOCK exist (their real names were never printed). */
  readonly hasLockCommands: boolean;
  readonly statusNumbers: 'text' | 'number';
  readonly statusExtraKeys: boolean;
  /** Every n-th status message is cut JSON; 0 = never. */
  readonly invalidStatusEvery: number;
  /** Seconds that the modem's clock is wrong by. */
  readonly clockErrorS: number;
  /** Every n-th serial message: the connection drops before it is out; 0 = never. */
  readonly cutLinkEvery: number;
  /** Every n-th write to the serial port: the modem reboots instead; 0 = never. */
  readonly rebootEvery: number;
}

export const DEFAULT_CHOICES: Choices = {
  bootMsMin: 10_000,
  bootMsMax: 40_000,
  backoffMsMin: 5_000,
  backoffMsMax: 60_000,
  hasStatusAtOnce: true,
  hasWill: false,
  atMsMin: 50,
  atMsMax: 500,
  replyStyle: 'echo',
  setparamActs: 'reboot',
  unknownParam: 'error',
  paramReply: 'value',
  direction: 'A',
  messageCap: 0,
  localEcho: false,
  noise: 0,
  whileTalking: 'wait',
  whileFrozen: 'drop',
  callStopsMqtt: false,
  smsLimit: 160,
  pingFailures: 3,
  networkCheckMs: 10_000,
  lockRefusesSetparam: false,
  hasLockCommands: true,
  statusNumbers: 'text',
  statusExtraKeys: false,
  invalidStatusEvery: 0,
  clockErrorS: 0,
  cutLinkEvery: 0,
  rebootEvery: 0,
};

/** `messageCap=512`, `localEcho=on`, `direction=B`: choices as words. Throws RangeError that names what is possible. */
export function parseChoices(texts: readonly string[]): Partial<Choices> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', word = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
      const standard = Object.entries(DEFAULT_CHOICES).find(([known]) => known === name)?.[1];
      if (standard === undefined)
        throw new RangeError(
          `choice "${text}" is not known; write name=value with one of ${Object.keys(DEFAULT_CHOICES).join(', ')}`,
        );
      const words = typeof standard === 'boolean' ? ['on', 'off'] : WORDS[name];
      if (words ? !words.includes(word) : !/^-?\d+(\.\d+)?$/.test(word))
        throw new RangeError(`choice ${name} is ${words ? words.join(' or ') : 'a number'}, not "${word}"`);
      return [name, typeof standard === 'boolean' ? word === 'on' : words ? word : Number(word)];
    }),
  );
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  replyStyle: REPLY_STYLES,
  setparamActs: ['reboot', 'at once'],
  unknownParam: ['error', 'empty'],
  paramReply: ['value', 'named'],
  direction: ['A', 'B'],
  whileTalking: ['wait', 'drop', 'through'],
  whileFrozen: ['drop', 'hold'],
};
