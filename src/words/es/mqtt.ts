import type { MQTT_REASONS } from '../../core/wire/reasons/mqtt';
import type { WordsOf } from '../words';

export const mqtt: WordsOf<typeof MQTT_REASONS> = {};
