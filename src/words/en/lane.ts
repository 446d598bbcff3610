import type { LANE_REASONS } from '../../core/wire/reasons/lane';
import type { WordsOf } from '../words';

export const lane: WordsOf<typeof LANE_REASONS> = {
  'lane.cancelled': 'cancelled',
  'lane.cancelledEarly': 'cancelled before it began',
  'lane.readCancelled': 'the read was cancelled',
  'lane.goodbyeLate': 'the goodbye took too long',
  'lane.modemClosed': 'the modem was closed',
  'lane.queueFull': {
    says: '{jobs} jobs wait for this modem already',
    advice: 'ask less often or raise its queue limit',
  },
  'lane.waited': 'it waited {seconds} s for its turn',
  'lane.resting': 'this meter did not answer before; it is left alone for {seconds} s more',
  'lane.onlySpeed': 'the modem can change only the speed of its port; set {wanted} in the modem (it has {current})',
  'lane.fixedSpeed': 'the speed of this port cannot be changed from here',
  'lane.secondMaster': 'another platform or master also speaks on this line (first heard {since}); {why}',
  'lane.secondMasterAsked':
    'another platform or master also speaks on this line (first heard {since}, it asked {asked}); {why}',
  'lane.noisy': {
    says: 'bytes keep arriving that nobody asked for',
    advice: 'look for a second master or noise on the line',
  },
};
