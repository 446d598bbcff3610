// What is to be done to one modem: plain data.
import type { Desired } from '../config/desired';

export interface WorkOrder {
  readonly mode: 'read' | 'check' | 'apply' | 'commands';
  readonly desired: Desired;
  readonly commands: readonly string[];
  /** The commands are forms of one reboot. */
  readonly isReboot: boolean;
  readonly rebootCommands: readonly string[];
  /** Whether changes are followed by a reboot: when they act without one is not documented. */
  readonly hasReboot: boolean;
  readonly isConfirmed: boolean;
  /** What a modem may need for one command, in ms. */
  readonly atMs: number;
  /** How long a modem may take to come back. */
  readonly lifeMs: number;
}
