// The properties of an mtx-status node, parsed.
import {
  checkTemplate,
  EVENT_NAMES,
  parseMapping,
  phrase,
  placeFrom,
  type EventName,
  type FleetSettings,
  type ModemPlace,
  parseImei,
  type Fields,
} from '../../src/core/index';
import type { ModemNode } from '../shared/palette';

export interface StatusSettings {
  readonly fleet: FleetSettings;
  readonly events: readonly EventName[];
  readonly will: { readonly topic: string; readonly text: string } | undefined;
  readonly places: readonly { readonly imei: string; readonly place: ModemPlace | undefined }[];
  /** Name of a context store; empty = the default one. */
  readonly store: string;
  readonly saveMs: number;
}

export function parseSettings(fields: Fields, modemNode: ModemNode): StatusSettings {
  const periodMs = modemNode.statusPeriod * 1000;
  const willTopic = fields.text('willTopic');
  if (willTopic !== '') checkTemplate(willTopic, 'willTopic');
  return {
    fleet: {
      imei: modemNode.imei,
      statusTopic: modemNode.profile.topics.status,
      presence: {
        staleMs: STALE_PERIODS * periodMs,
        offlineMs: fields.integer('offlinePeriods', { min: STALE_PERIODS, max: 10_000, fallback: 6 }) * periodMs,
        ulpMs: fields.integer('ulpHours', { min: 1, max: 8_760, fallback: 72 }) * 3_600_000,
        ulpModels: fields
          .text('ulpModels')
          .toLowerCase()
          .split(/[,;]/)
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      },
      alarms: {
        weakDbm: fields.integer('weakDbm', { min: -140, max: -31, fallback: -95 }),
        weakReports: fields.integer('weakReports', { min: 1, max: 1_000, fallback: 3 }),
        reconnects: fields.integer('reconnects', { min: 2, max: 100, fallback: 4 }),
        reconnectWindowMs: fields.integer('reconnectMinutes', { min: 1, max: 10_080, fallback: 60 }) * 60_000,
        driftS: fields.integer('clockDrift', { min: 1, max: 31_536_000, fallback: 300 }),
      },
      mapping: parseMapping(fields.raw('mapping')),
      maxModems: MAX_MODEMS,
    },
    events: parseEvents(fields),
    will: willTopic === '' ? undefined : { topic: willTopic, text: fields.text('willText', 'offline') },
    places: parsePlaces(fields),
    store: fields.text('store'),
    saveMs: fields.integer('saveInterval', { min: 5, max: 86_400, fallback: 60 }) * 1000,
  };
}

/** All, where the node says nothing; an empty list is a wish too. */
function parseEvents(fields: Fields): readonly EventName[] {
  if (fields.raw('events') === undefined) return EVENT_NAMES;
  return fields.list('events').map((name) => {
    const found = EVENT_NAMES.find((known) => known === name);
    if (found === undefined)
      throw fields.wrong(
        'events',
        phrase('fleet.unknownEvent', { shown: String(name).slice(0, 40), known: EVENT_NAMES }),
      );
    return found;
  });
}

/** One modem a line: IMEI, name, latitude, longitude, ulp; the last three may be missing. */
function parsePlaces(fields: Fields): StatusSettings['places'] {
  const lines = fields
    .text('names')
    .split(/\r?\n/)
    .map((line) => line.trim());
  return lines.flatMap((line, i) => {
    if (line === '' || line.startsWith('#')) return [];
    const [imei = '', name = '', lat = '', lon = '', ulp = ''] = line
      .split(line.includes(';') ? ';' : line.includes('\t') ? '\t' : ',')
      .map((part) => part.trim());
    const place = placeFrom({ name, lat, lon, ...(/^ulp$/i.test(ulp) && { ulp: true }) });
    const isHalf = (lat !== '' || lon !== '') && place?.lat === undefined;
    if (!/^\d{15}$/.test(imei) || isHalf) throw fields.wrong('names', phrase('fleet.namesLine', { line: i + 1 }));
    return [{ imei: parseImei(imei), place }];
  });
}

const STALE_PERIODS = 3;
const MAX_MODEMS = 200_000;
