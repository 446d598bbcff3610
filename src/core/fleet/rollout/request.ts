// What is wanted of modems, as plain data, so that a restarted rollout can go on from it.
import { failure } from '../../wire/errors';
import type { ActionName } from '../config/actions';
import { desiredOf, variablesIn, type Template } from '../config/desired';
import type { TargetWish } from './rollout';
import type { RolloutPlan } from './rollout-state';
import type { WorkOrder } from './work-order';

export interface ConfigRequest {
  readonly action: ActionName;
  readonly target: 'modem' | 'list' | 'all';
  readonly template: Template;
  readonly commands: readonly string[];
  readonly isReboot: boolean;
  readonly rebootCommands: readonly string[];
  readonly hasReboot: boolean;
  readonly lifeMs: number;
  readonly atMs: number;
  readonly isConfirmed: boolean;
  /** By text message after so long without success over MQTT; null = never. */
  readonly smsAfterMs: number | null;
  readonly variables: Readonly<Record<string, string>>;
  /** Of one modem, over the common ones. */
  readonly ownVariables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly user: string;
  /** Names whose values the store may not keep. */
  readonly secretNames: readonly string[];
}

export interface Wanted {
  readonly request: ConfigRequest;
  readonly plan: RolloutPlan;
  readonly targets: readonly TargetWish[];
}

/** What is to be done to this modem. */
export function orderFor(request: ConfigRequest, imei: string): WorkOrder {
  const { action, commands, isReboot, rebootCommands, hasReboot, lifeMs, atMs, isConfirmed } = request;
  const missing = request.secretNames.filter((name) => request.template[name] === undefined);
  if (missing.length > 0) throw failure('fleet.secretsNotKept', { names: missing }, 'configure');
  const desired = desiredOf(request.template, imei, { ...request.variables, ...request.ownVariables[imei] });
  return {
    mode: commands.length > 0 ? 'commands' : action === 'read' || action === 'check' ? action : 'apply',
    desired,
    commands,
    isReboot,
    rebootCommands,
    hasReboot,
    isConfirmed,
    lifeMs,
    atMs,
  };
}

/**
 * Without what the store may not keep in clear: variables that fill in a secret. Secrets themselves stand under their
 * names.
 */
export function withoutSecretVariables(request: ConfigRequest): ConfigRequest {
  const secret = new Set(request.secretNames.flatMap((name) => variablesIn(request.template[name] ?? '')));
  const rest = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(variables).filter(([name]) => !secret.has(name)));
  return {
    ...request,
    variables: rest(request.variables),
    ownVariables: Object.fromEntries(
      Object.entries(request.ownVariables).map(([imei, variables]) => [imei, rest(variables)]),
    ),
  };
}
