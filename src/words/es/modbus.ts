import type { MODBUS_REASONS } from '../../core/wire/reasons/modbus';
import type { WordsOf } from '../words';

export const modbus: WordsOf<typeof MODBUS_REASONS> = {};
