import type { Catalog } from '../words';
import { codes } from './codes';
import { at } from './at';
import { fleet } from './fleet';
import { lane } from './lane';
import { listening } from './listening';
import { meter } from './meter';
import { modem } from './modem';
import { mqtt } from './mqtt';
import { protocols } from './protocols';
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
    ...protocols,
    listening,
    fleet,
  },
};
