import type { LANE_REASONS } from '../../core/wire/reasons/lane';
import type { WordsOf } from '../words';

export const lane: WordsOf<typeof LANE_REASONS> = {
  'lane.cancelled': 'cancelada',
  'lane.cancelledEarly': 'cancelada antes de empezar',
  'lane.readCancelled': 'se canceló la lectura',
  'lane.goodbyeLate': 'la despedida tardó demasiado',
  'lane.modemClosed': 'se cerró el módem',
  'lane.queueFull': {
    says: 'ya esperan {jobs} trabajos para este módem',
    advice: 'pregunte con menos frecuencia o suba su límite de cola',
  },
  'lane.waited': 'esperó {seconds} s su turno',
  'lane.resting': 'este contador no contestó antes; se le deja en paz {seconds} s más',
  'lane.onlySpeed':
    'el módem solo puede cambiar la velocidad de su puerto; ponga {wanted} en el módem (tiene {current})',
  'lane.fixedSpeed': 'la velocidad de este puerto no se puede cambiar desde aquí',
  'lane.secondMaster': 'otra plataforma u otro maestro habla también por esta línea (oído desde {since}); {why}',
  'lane.secondMasterAsked':
    'otra plataforma u otro maestro habla también por esta línea (oído desde {since}, pidió {asked}); {why}',
  'lane.noisy': {
    says: 'siguen llegando octetos que nadie pidió',
    advice: 'busque un segundo maestro o ruido en la línea',
  },
};
