// Ready actions: what is done to one modem by a word. Each says whether what it sends is documented or assumed, and
// each can be replaced by what a user's firmware wants.
import { failure } from '../../wire/errors';
import type { Template } from './desired';
import type { Basis } from './parameters-table';

export type ActionName =
  'check' | 'apply' | 'read' | 'reboot' | 'lock' | 'unlock' | 'dailyReset' | 'watchdogs' | 'smsNumbers';
export const ACTIONS: readonly ActionName[] = [
  'check',
  'apply',
  'read',
  'reboot',
  'lock',
  'unlock',
  'dailyReset',
  'watchdogs',
  'smsNumbers',
];

/** What an action comes down to: parameters to be set, or commands to be sent once. */
export interface ActionContent {
  readonly basis: Basis;
  readonly parameters: Template;
  /** Sent in order, never repeated by themselves; with `isReboot` each is tried until the modem reboots. */
  readonly commands: readonly string[];
  readonly isReboot: boolean;
}

/** A user's own form of an action: commands, or parameters by name. */
export type ActionOverride = readonly string[] | Template;

export interface ActionWish {
  /** dailyReset: false switches it off. */
  readonly isOn: boolean;
  readonly phones: readonly string[];
  readonly pingMinutes: number;
  readonly pingAddress: string;
  readonly networkErrors: number;
}

export const USUAL_WISH: ActionWish = {
  isOn: true,
  phones: [],
  pingMinutes: 35,
  pingAddress: '8.8.8.8',
  networkErrors: 180,
};

/** What `action` sends; `desired` is what apply, check and read are about. */
export function actionContent(
  action: ActionName,
  desired: Template,
  wish: ActionWish,
  override?: ActionOverride,
): ActionContent {
  if (override)
    return isCommands(override)
      ? { ...content('assumed'), commands: override, isReboot: action === 'reboot' }
      : { ...content('assumed'), parameters: override };
  switch (action) {
    case 'check':
    case 'apply':
    case 'read':
      return content('documented', desired);
    case 'reboot':
      return { ...content('assumed'), commands: REBOOT_COMMANDS, isReboot: true };
    case 'lock':
    case 'unlock':
      return { ...content('assumed'), commands: [`AT^MTXTUNNEL=${action.toUpperCase()}`] };
    case 'dailyReset':
      return content('assumed', { MTX_autoreset: wish.isOn ? 'on' : 'off' });
    case 'watchdogs':
      return content('documented', {
        MTX_ping: String(wish.pingMinutes),
        MTX_pingIP: wish.pingAddress,
        MTX_numGSMErrors: String(wish.networkErrors),
      });
    case 'smsNumbers':
      if (wish.phones.length === 0) throw failure('fleet.noPhone', {}, 'configure');
      return content('documented', {
        SMS_allPhones: 'off',
        SMS_ATEnabled: 'on',
        SMS_ATResponse: 'on',
        ...Object.fromEntries(wish.phones.map((phone, i) => [`SMS_validPhone${i + 1}`, phone.replace(/\s/g, '')])),
      });
    default:
      return action satisfies never;
  }
}

function content(basis: Basis, parameters: Template = {}): ActionContent {
  return { basis, parameters, commands: [], isReboot: false };
}

function isCommands(override: ActionOverride): override is readonly string[] {
  return Array.isArray(override);
}

/** The name of the first was never printed; the second is the module's own (3GPP TS 27.007). */
export const REBOOT_COMMANDS: readonly string[] = ['AT^MTXTUNNEL=REBOOT', 'AT+CFUN=1,1'];
