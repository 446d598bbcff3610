import type { METER_REASONS } from '../../core/wire/reasons/meter';
import type { WordsOf } from '../words';

export const meter: WordsOf<typeof METER_REASONS> = {
  'meter.noMoment': {
    says: '{field} es «{shown}», que no es una fecha y hora',
    advice: 'use un texto ISO como 2026-11-21T00:00, un Date o milisegundos como número',
  },
  'meter.ambiguousMoment': {
    says: '{field} es «{shown}», cifras que se pueden entender de más de una manera',
    advice: 'use un texto ISO como 2026-11-21T00:00, un Date o milisegundos desde 1970 (13 cifras)',
  },
  'meter.noSuchTime': '{field} es «{shown}», un día o una hora que el calendario no tiene',
  'meter.noObis': { says: '«{shown}» no es un código OBIS', advice: 'escríbalo como 1-0:1.8.0*255' },
};
