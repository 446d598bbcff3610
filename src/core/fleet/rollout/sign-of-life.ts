// Whose sign of life a message on the status topic is; what else it says is the affair of presence.
import { imeiFromTopic } from '../../transport/mqtt/topics';
import { toLatin1 } from '../../wire/bytes';

/**
 * From the topic, or on a shared topic from the message; nobody's where both tell and differ, or where it is a last
 * will.
 */
export function speakerOf(template: string, topic: string, payload: Uint8Array): string | undefined {
  const text = toLatin1(payload.subarray(0, MAX_LOOK));
  if (!/^[[{]/.test(text.trimStart())) return undefined; // a last will says the opposite of a sign of life
  const ofTopic = imeiFromTopic(template, topic);
  const ofPayload = /"(?:imei|id)"\s*:\s*"?(\d{15})\b/i.exec(text)?.[1];
  return ofTopic !== undefined && ofPayload !== undefined && ofTopic !== ofPayload ? undefined : (ofTopic ?? ofPayload);
}

const MAX_LOOK = 2_048;
