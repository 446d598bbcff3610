// The reasons of the protocols.
// Written by `npm run protocols` from scripts/protocols.json: never by hand.
import { COSEM_REASONS } from './cosem';
import { DLMS_REASONS } from './dlms';
import { DLMS_SETTINGS_REASONS } from './dlms-settings';
import { IEC62056_REASONS } from './iec62056';
import { IEC870_REASONS } from './iec870';
import { MODBUS_REASONS } from './modbus';

export const PROTOCOL_REASONS = {
  ...MODBUS_REASONS,
  ...IEC62056_REASONS,
  ...IEC870_REASONS,
  ...DLMS_REASONS,
  ...DLMS_SETTINGS_REASONS,
  ...COSEM_REASONS,
} as const;
