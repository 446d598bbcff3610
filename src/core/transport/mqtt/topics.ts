// Topic names, topic filters and the templates that make them. MQTT 3.1.1 and 5, clause 4.7: levels are separated by
// '/', '+' stands for one whole level, a closing '#' for any number, and neither matches a first level that begins with
// '$'.
import { utf8Size } from '../../wire/bytes';
import { failure, phrase, type ReadError, type Phrase } from '../../wire/errors';

/** `[IMEI]/rx` and `35..06` give `35..06/rx`. A literal template stays what it is. */
export function expandTemplate(template: string, imei: string): string {
  if (isLiteralTemplate(template)) return template;
  if (imei === '' || /[/+#\0]/.test(imei)) throw failure('mqtt.imeiInTopic', { shown: shown(imei) });
  const topic = template.replace(PLACE, () => imei);
  checkTopic(topic);
  return topic;
}

/**
 * The one subscription for all modems of a template: `[IMEI]/tx` gives `+/tx`. A literal template is its own filter.
 */
export function filterOfTemplate(template: string): string {
  return template
    .split('/')
    .map((level) => (PLACE.test(level) ? '+' : level))
    .join('/');
}

/** Which modem a topic belongs to, or undefined when it is none of this template (or the template names no modem). */
export function imeiFromTopic(template: string, topic: string): string | undefined {
  const wanted = template.split('/');
  const levels = topic.split('/');
  if (wanted.length !== levels.length) return undefined;
  let imei: string | undefined;
  for (const [i, level] of levels.entries()) {
    const pattern = wanted[i] ?? '';
    const at = pattern.search(PLACE);
    if (at < 0) {
      if (pattern !== level) return undefined;
      continue;
    }
    const tail = pattern.slice(at + PLACE_LENGTH);
    if (level.length <= at + tail.length || !level.startsWith(pattern.slice(0, at)) || !level.endsWith(tail))
      return undefined;
    imei = level.slice(at, level.length - tail.length);
  }
  return imei;
}

/** A topic that all modems share: whose message it is must then stand in the payload. */
export function isLiteralTemplate(template: string): boolean {
  return !PLACE.test(template);
}

/** Throws CONFIG_INVALID, naming the field, for a template that cannot become a topic and a filter. */
export function checkTemplate(template: string, field = 'topic'): void {
  const wrong = (why: Phrase): ReadError => failure('mqtt.template', { field, shown: shown(template), why });
  const fault = nameFault(template);
  if (fault) throw wrong(fault);
  if (/[+#]/.test(template)) throw wrong(phrase('mqtt.noWildcards', {}));
  if (template.startsWith('$')) throw wrong(phrase('mqtt.brokersOwn', {}));
  const places = template.match(/\[[^[\]/]*\]/g) ?? [];
  const unknown = places.find((place) => !PLACE.test(place));
  // A misspelt place would be one literal topic for all modems: every answer under every name.
  if (unknown !== undefined) throw wrong(phrase('mqtt.unknownPlace', { place: shown(unknown) }));
  if (places.length > 1) throw wrong(phrase('mqtt.imeiOnce', {}));
}

/** Throws CONFIG_INVALID for a name that no message may be published to (clause 4.7.3). */
export function checkTopic(topic: string): void {
  const fault = nameFault(topic) ?? (/[+#]/.test(topic) ? phrase('mqtt.publishWildcard', {}) : undefined);
  if (fault) throw failure('mqtt.topic', { shown: shown(topic), why: fault });
}

/** Throws CONFIG_INVALID for a filter that no broker may accept (clauses 4.7.1 and 4.7.3). */
export function checkFilter(filter: string): void {
  const wrong = (why: Phrase): ReadError => failure('mqtt.filter', { shown: shown(filter), why });
  const fault = nameFault(filter);
  if (fault) throw wrong(fault);
  // Its messages arrive under topics that the filter does not match, and each one at a single subscriber only.
  if (filter.startsWith('$share/')) throw wrong(phrase('mqtt.noShared', {}));
  const levels = filter.split('/');
  if (levels.some((level) => level.length > 1 && /[+#]/.test(level))) throw wrong(phrase('mqtt.wholeLevel', {}));
  if (levels.slice(0, -1).includes('#')) throw wrong(phrase('mqtt.hashLast', {}));
}

export function isWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

export function matchesFilter(filter: string, topic: string): boolean {
  return coversLevels(filter.split('/'), topic.split('/'));
}

/**
 * Whether every topic that matches `inner` also matches `outer`, both split at '/'. A plain topic is an `inner` without
 * wildcards, so matching and covering are one law.
 */
export function coversLevels(outer: readonly string[], inner: readonly string[]): boolean {
  if (inner[0]?.startsWith('$') && outer[0] !== inner[0]) return false;
  for (const [i, level] of outer.entries()) {
    if (level === '#') return true; // also the parent level itself: `a/#` matches `a` (4.7.1.2)
    const other = inner[i];
    if (other === undefined || other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  return outer.length === inner.length;
}

/** What clause 4.7.3 and 1.5.3 demand of names and filters alike. */
function nameFault(name: string): Phrase | undefined {
  if (name === '') return phrase('mqtt.nameEmpty', {});
  if (name.includes('\0')) return phrase('mqtt.nameNul', {});
  if (/\p{Surrogate}/u.test(name)) return phrase('mqtt.nameSurrogate', {});
  if (utf8Size(name) > MAX_NAME_BYTES) return phrase('mqtt.nameLong', { most: MAX_NAME_BYTES });
  return undefined;
}

/** Long and unprintable names are cut and made visible before they go into a sentence. */
function shown(name: string): string {
  const text = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  return text.replace(/[\p{Cc}\p{Surrogate}]/gu, '\u{FFFD}');
}

const PLACE = /\[imei\]/i;
const PLACE_LENGTH = '[IMEI]'.length;
const MAX_NAME_BYTES = 65_535;
