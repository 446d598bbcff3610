import type { WIRE_REASONS } from '../../core/wire/reasons/wire';
import type { WordsOf } from '../words';

export const wire: WordsOf<typeof WIRE_REASONS> = {
  'wire.unexpected': 'unexpected failure: {text}',
  'wire.defect': 'a state that must not be: {where}',
  'wire.silent': 'nothing was heard in time',
  'wire.noFrameAmong': '{bytes} bytes were heard, but no complete and correct answer among them',
  'wire.noAnswerIn': '{bytes} bytes arrived without a complete answer; the line carries noise or another protocol',
};
