// DLMS behind the text sign-on of IEC 62056-21, mode E (Green Book 7.2; IEC 62056-21, annex E).
import { dlmsSession, type DlmsOptions } from '../dlms/read';
import { openModeE } from '../iec62056/mode-e';
import type { Dialogue, LineMemory, LineSettings } from '../wire/dialogue';
import type { DlmsTalk } from './dlms-talk';
import type { DlmsQuery } from './dlms-query';

/** Mode E: the text sign-on before each connection, at the port's own speed; the port is as it was afterwards. */
export function talkAfterModeE(query: DlmsQuery, options: DlmsOptions, memory: LineMemory): DlmsTalk {
  const before = memory.line;
  let meter: { manufacturer: string; id: string } | undefined;
  const signOn = function* (): Dialogue<void> {
    yield* setLine(before);
    const { identification } = yield* openModeE({ ...query.modeE, wakeUp: false }, memory);
    meter = { manufacturer: identification.manufacturer, id: identification.id };
  };
  const session = dlmsSession({ ...options, signOn }, memory);
  return {
    open: () => session.open(),
    *read(request) {
      const readout = yield* session.read(request);
      return { ...readout, identity: { ...meter, ...readout.identity } };
    },
    *close() {
      try {
        yield* session.close();
      } finally {
        yield* setLine(before);
      }
    },
  };
}

function* setLine(line: LineSettings): Dialogue<void> {
  yield { do: 'setLine', line };
}
