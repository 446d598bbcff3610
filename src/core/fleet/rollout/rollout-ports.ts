// What rollouts need of their surroundings: how modems are reached, where progress is kept, who is told.
import type { FleetPorts } from './fleet-ports';
import type { KeyStore } from './kept-rollout';
import type { Told } from './told';

export interface RolloutPorts<M> extends FleetPorts {
  readonly keys: KeyStore;
  readonly told: Told<M>;
  /** What stands for the asker's words after a restart. */
  bare(id: string): M;
}
