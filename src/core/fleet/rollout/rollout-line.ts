// Whose turn it is: free places go to old values that are to be put back, then to modems, canaries before waves.
import type { RolloutTurn } from './rollout-turn';

/** Gives every free place away. */
export function fillPlaces(turn: RolloutTurn): void {
  while (turn.count('running', 'restoring') < turn.head.plan.concurrency) {
    const [restore, ...restores] = turn.head.restores;
    if (restore !== undefined) {
      turn.set({ restores });
      beginRestore(turn, restore);
      continue;
    }
    const imei = turn.head.mode === 'running' && mayBegin(turn) ? nextInLine(turn) : undefined;
    if (imei === undefined) return;
    beginWork(turn, imei);
  }
}

function mayBegin(turn: RolloutTurn): boolean {
  const { plan, phase, canariesKept, canariesOpen, waveLeft } = turn.head;
  if (phase === 'canary' && canariesKept >= plan.canary) turn.set({ phase: 'waves', waveLeft: plan.wave });
  if (turn.head.phase === 'canary') return canariesKept + canariesOpen < plan.canary;
  if (plan.wave === 0 || turn.head.waveLeft > 0) return true;
  const isWaveOver = waveLeft === 0 && turn.count('running', 'gating', 'gateFailed', 'restoring') === 0;
  if (isWaveOver) turn.set({ waveLeft: plan.wave });
  return turn.head.waveLeft > 0;
}

function nextInLine(turn: RolloutTurn): string | undefined {
  for (;;) {
    const [first, ...queue] = turn.head.queue;
    if (first === undefined) break;
    turn.set({ queue });
    if (turn.find(first)?.isQueued === true) return first;
  }
  const { order } = turn.view;
  for (let next = turn.head.next; next < order.length; next++) {
    const imei = order[next] ?? '';
    const target = turn.find(imei);
    if (target?.state !== 'waiting' || target.isQueued) continue;
    turn.set({ next: next + 1 });
    return imei;
  }
  turn.set({ next: order.length });
  return undefined;
}

function beginRestore(turn: RolloutTurn, imei: string): void {
  const target = turn.find(imei);
  if (!target) return;
  const { before } = target.journal;
  const journal = { ...(before && { before }), isRestoring: true };
  turn.put(target, { state: 'restoring', dueAt: dueAt(turn), isStopped: false, journal });
  turn.command({ do: 'restore', imei });
}

function beginWork(turn: RolloutTurn, imei: string): void {
  const target = turn.find(imei);
  if (!target) return;
  const { phase, waveLeft, canariesOpen } = turn.head;
  const isCanary = phase === 'canary';
  turn.set(isCanary ? { canariesOpen: canariesOpen + 1 } : { waveLeft: Math.max(0, waveLeft - 1) });
  const attempts = target.attempts + 1;
  turn.put(target, { state: 'running', isCanary, isQueued: false, isStopped: false, attempts, dueAt: dueAt(turn) });
  turn.command({ do: 'work', imei });
}

function dueAt(turn: RolloutTurn): number {
  const due = turn.at + turn.head.plan.targetMs;
  turn.wakeBy(due);
  return due;
}
