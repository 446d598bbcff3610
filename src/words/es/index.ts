import type { Catalog } from '../words';
import { codes } from './codes';
import { at } from './at';
import { cosem } from './cosem';
import { dlms } from './dlms';
import { dlmsSettings } from './dlms-settings';
import { fleet } from './fleet';
import { iec62056 } from './iec62056';
import { iec870 } from './iec870';
import { lane } from './lane';
import { listening } from './listening';
import { meter } from './meter';
import { modbus } from './modbus';
import { modem } from './modem';
import { mqtt } from './mqtt';
import { settings } from './settings';
import { wire } from './wire';

export const es: Catalog = {
  codes,
  rooms: {
    wire,
    settings,
    meter,
    lane,
    mqtt,
    modem,
    at,
    modbus,
    iec62056,
    iec870,
    dlms,
    cosem,
    dlmsSettings,
    listening,
    fleet,
  },
};
