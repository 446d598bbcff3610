// The words of the protocols, by room of reasons.
// Written by `npm run protocols` from scripts/protocols.json: never by hand.
import { cosem } from './cosem';
import { dlms } from './dlms';
import { dlmsSettings } from './dlms-settings';
import { iec62056 } from './iec62056';
import { iec870 } from './iec870';
import { modbus } from './modbus';

export const protocols = {
  modbus,
  iec62056,
  iec870,
  dlms,
  dlmsSettings,
  cosem,
} as const;
