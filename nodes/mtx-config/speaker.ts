// Whose sign of life a message on the status topic is; mtx-status reads the rest of it.
import { imeiFromTopic } from '../../src/core/index';

/** From the topic, or on a shared topic from the message; nobody's where both tell and differ, or where it is a last will. */
export function speakerOf(template: string, topic: string, payload: Uint8Array): string | undefined {
  const text = Buffer.from(payload.subarray(0, MAX_LOOK)).toString('latin1');
  if (!/^\s*[[{]/.test(text)) return undefined; // a last will says the opposite of a sign of life
  const ofTopic = imeiFromTopic(template, topic);
  const ofPayload = /"(?:imei|id)"\s*:\s*"?(\d{15})\b/i.exec(text)?.[1];
  return ofTopic !== undefined && ofPayload !== undefined && ofTopic !== ofPayload ? undefined : (ofTopic ?? ofPayload);
}

const MAX_LOOK = 2_048;
