// A rollout's head made to agree with its targets. They are stored one after the other, so a process that dies in
// between leaves a head that is one step behind; what it counts and lists follows from the targets, which are the
// truth.
import {
  FINAL_STATES,
  type RolloutHead,
  type RolloutView,
  type RolloutTarget,
  type TargetState,
} from './rollout-state';

export function rebuiltHead(head: RolloutHead, view: RolloutView): RolloutHead {
  const targets = view.order.map((imei) => view.find(imei)).filter((target) => target !== undefined);
  const counts: Partial<Record<TargetState, number>> = {};
  for (const { state } of targets) counts[state] = (counts[state] ?? 0) + 1;
  const canaries = targets.filter(({ isCanary }) => isCanary);
  const isOpen = ({ state }: RolloutTarget): boolean => !FINAL_STATES.some((final) => final === state);
  const canariesKept = canaries.filter(({ state }) => state === 'changed' || state === 'done').length;
  // a retry that was stored for the targets only: what waits again has to have its turn
  const isRetried =
    (head.mode === 'aborted' || head.mode === 'cancelled') &&
    targets.some(({ state }) => state === 'waiting' || state === 'away');
  return {
    ...head,
    counts,
    canariesKept,
    canariesOpen: canaries.filter(isOpen).length,
    queue: inOrder(
      head.queue,
      targets.filter(({ isQueued }) => isQueued),
    ),
    restores: inOrder(
      head.restores,
      targets.filter(({ state }) => state === 'gateFailed'),
    ),
    next: 0,
    isFinished: head.isFinished && !targets.some(isOpen),
    ...(isRetried && { mode: 'running', phase: canariesKept < head.plan.canary ? 'canary' : 'waves' }),
  };
}

/** Those meant, as they were lined up; who is not in the line yet at its end. */
function inOrder(line: readonly string[], meant: readonly RolloutTarget[]): readonly string[] {
  const open = new Set(meant.map(({ imei }) => imei));
  return [...new Set([...line.filter((imei) => open.has(imei)), ...open])];
}
