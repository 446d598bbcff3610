import type { AT_REASONS } from '../../core/wire/reasons/at';
import type { WordsOf } from '../words';

export const at: WordsOf<typeof AT_REASONS> = {
  'at.empty': 'the command is empty',
  'at.controlCharacter': {
    says: 'the command contains a control character (a line break?)',
    advice: 'send one command at a time, as a list if there are several',
  },
  'at.character': {
    says: 'the command contains {character}, which no modem can be sent',
    advice: 'write it with letters of ISO 8859-1',
  },
  'at.tooLong': 'the command has {length} characters; {most} are possible',
  'at.lateOnly': {
    says: 'only a late reply to another command came',
    advice:
      'see that the modem is on line, that its AT topics are the ones of its config.txt, and that the broker lets it publish its replies and us read them',
  },
  'at.echoOnly': {
    says: 'the modem only echoed the command',
    advice:
      'see that the modem is on line, that its AT topics are the ones of its config.txt, and that the broker lets it publish its replies and us read them',
  },
};
