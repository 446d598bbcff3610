// The SMS that put a modem's lifeline back: `MTXTUNNEL AT...`, one command a text, at most 160 characters, and a reboot
// at the end. Only what can cut it off: the rest goes back over MQTT once it is there again.
import { REBOOT_COMMANDS } from '../config/actions';
import { setParameter } from '../config/parameter-commands';
import { parameterOf, riskOf, shownValue } from '../config/parameters';

/** With `isMasked` the secrets are left out, for people to look at and complete. */
export function rollbackTexts(before: Readonly<Record<string, string | null>>, isMasked: boolean): readonly string[] {
  const names = Object.keys(before).filter((name) => parameterOf(name).isLifeline);
  if (names.length === 0) return [];
  const sets = names
    .sort((a, b) => riskOf(b) - riskOf(a))
    .map((name) => setParameter(name, (isMasked ? shownValue(name, before[name] ?? '') : before[name]) ?? ''));
  return [...sets, REBOOT_COMMANDS[0] ?? ''].map((command) => `MTXTUNNEL ${command}`);
}
