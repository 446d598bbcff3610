// The rollout machine under any order of events: what must never happen does not, and it always comes to an end.
import assert from 'node:assert/strict';
import { failure } from '../../src/core/wire/errors';
import fc from 'fast-check';
import { createRollout, isFinal, stepRollout } from '../../src/core/fleet/rollout/rollout';
import type { WorkOutcome, WorkResult } from '../../src/core/fleet/rollout/outcome';
import {
  FINAL_STATES,
  progressOf,
  type RolloutCommand,
  type RolloutEvent,
  type RolloutHead,
  type RolloutPlan,
  type RolloutTarget,
} from '../../src/core/fleet/rollout/rollout-state';

const PLAN: RolloutPlan = {
  id: 'r',
  canary: 1,
  wave: 0,
  concurrency: 3,
  abortShare: 0.3,
  gate: 'canary',
  gateMs: 60_000,
  targetMs: 600_000,
  deadlineMs: 3_600_000,
  attempts: 2,
  retryMs: 30_000,
};

/** The machine with everything that was said and commanded, checked after each event. */
class Machine {
  head: RolloutHead;
  targets = new Map<string, RolloutTarget>();
  order: readonly string[];
  at = 0;
  /** Who is at work, by the commands. */
  readonly working = new Map<string, 'work' | 'restore'>();
  /** Whose meters are watched. */
  readonly gates = new Set<string>();
  readonly told: string[] = [];
  summaries = 0;
  wakes: number[] = [];
  private behind: RolloutHead;

  constructor(
    readonly plan: RolloutPlan,
    imeis: readonly string[],
  ) {
    const { head, targets } = createRollout(
      plan,
      imeis.map((imei) => (imei === 'bad' ? { imei, fault: failure('settings.imei', { shown: 'bad' }) } : { imei })),
      0,
    );
    this.head = this.behind = head;
    for (const target of targets) this.targets.set(target.imei, target);
    this.order = targets.map(({ imei }) => imei);
  }

  say(event: RolloutEvent): void {
    const before = this.head;
    this.behind = this.head;
    const stepped = stepRollout(this.head, { order: this.order, find: (imei) => this.targets.get(imei) }, event);
    this.head = stepped.head;
    for (const target of stepped.targets) this.targets.set(target.imei, target);
    if (event.on === 'outcome') this.working.delete(event.imei);
    for (const command of stepped.commands) this.command(command);
    this.check(before);
  }

  /** `isTorn`: the process died between the writing of the targets and of the head, which is one step behind. */
  restart(isTorn = false): void {
    if (isTorn) this.head = this.behind;
    this.head = JSON.parse(JSON.stringify(this.head)) as RolloutHead;
    this.targets = new Map(
      [...this.targets].map(([imei, target]) => [imei, JSON.parse(JSON.stringify(target)) as RolloutTarget]),
    );
    this.working.clear();
    this.wakes = [];
    this.gates.clear();
    this.say({ on: 'restarted', at: this.at });
  }

  private command(command: RolloutCommand): void {
    if (command.do === 'work' || command.do === 'restore') {
      assert.ok(!this.working.has(command.imei), `${command.imei} is at work already`);
      this.working.set(command.imei, command.do);
    } else if (command.do === 'gate') this.gates.add(command.imei);
    else if (command.do === 'tell') this.told.push(command.imei);
    else if (command.do === 'summarise') this.summaries += 1;
    else if (command.do === 'wake') this.wakes.push(command.at);
  }

  private check(before: RolloutHead): void {
    const states = [...this.targets.values()].map(({ state }) => state);
    const running = states.filter((state) => state === 'running' || state === 'restoring').length;
    assert.ok(running <= this.plan.concurrency, `${running} at work, ${this.plan.concurrency} allowed`);
    for (const [state, count] of Object.entries(this.head.counts))
      assert.equal(count, states.filter((each) => each === state).length, `count of ${state}`);
    const canaries = [...this.targets.values()].filter(({ isCanary, state }) => isCanary && !isFinal(state)).length;
    assert.equal(this.head.canariesOpen, canaries, 'open canaries');
    if (this.head.phase === 'canary')
      assert.ok(canaries + this.head.canariesKept <= this.plan.canary, 'too many canaries');
    assert.equal(this.head.isFinished, states.every(isFinal), 'finished is when all are final');
    if (before.phase === 'waves')
      assert.notEqual(this.head.phase === 'canary' && this.head.canariesKept >= this.plan.canary, true);
    for (const { imei, state } of this.targets.values())
      if (state === 'gating') assert.ok(this.gates.has(imei), `nobody watches the meters behind ${imei}`);
    // something is always due while anything waits for time
    const isWaitingForTime = [...this.targets.values()].some(({ dueAt }) => dueAt !== null);
    if (isWaitingForTime && !this.head.isFinished) assert.ok(this.head.wakeAt !== null, 'nobody will wake it');
  }
}

const results: readonly WorkResult[] = [
  'changed',
  'changed',
  'changed',
  'same',
  'silent',
  'silent',
  'failed',
  'lost',
  'rolledBack',
  'unknown',
  'done',
];
const step = fc.record({
  kind: fc.nat(13),
  who: fc.nat(30),
  result: fc.nat(results.length - 1),
  ms: fc.nat(400_000),
  isOk: fc.boolean(),
});

/** One random event; outcomes only of those at work, as it is in the world (and sometimes a late one). */
function random(
  machine: Machine,
  { kind, who, result, ms, isOk }: { kind: number; who: number; result: number; ms: number; isOk: boolean },
): void {
  machine.at += Math.floor(ms / 10);
  const { at } = machine;
  const any = machine.order[who % Math.max(1, machine.order.length)] ?? '';
  const atWork = [...machine.working.keys()];
  const busy = atWork[who % Math.max(1, atWork.length)];
  const outcome: WorkOutcome = { result: results[result] ?? 'changed' };
  if (kind <= 4 && busy !== undefined) {
    const target = machine.targets.get(busy);
    if (target && outcome.result === 'changed' && machine.working.get(busy) === 'work')
      machine.targets.set(busy, { ...target, journal: { before: { DNS_period: '300' } } });
    machine.say({ on: 'outcome', at, imei: busy, outcome });
  } else if (kind <= 6) machine.say({ on: 'gate', at, imei: any, isOk });
  else if (kind === 7) machine.say({ on: 'back', at, imei: any });
  else if (kind === 8) machine.say({ on: isOk ? 'pause' : 'resume', at });
  else if (kind === 9) {
    machine.at += ms;
    machine.say({ on: 'tick', at: machine.at });
  } else if (kind === 10) machine.restart(isOk);
  else if (kind === 11 && who === 0) machine.say({ on: 'cancel', at });
  else if (kind === 12 && who < 3) machine.say({ on: 'retry', at, states: ['silent', 'notReached'] });
  else if (kind === 13 && who < 5) machine.say({ on: 'gone', at, imei: any });
}

/** From here on everybody behaves: the rollout has to end by itself. */
function bringToEnd(machine: Machine): void {
  machine.say({ on: 'resume', at: machine.at });
  for (let turns = 0; turns < 2_000 && !machine.head.isFinished; turns++) {
    const [busy] = machine.working.keys();
    if (busy !== undefined)
      machine.say({
        on: 'outcome',
        at: machine.at,
        imei: busy,
        outcome: { result: machine.working.get(busy) === 'restore' ? 'rolledBack' : 'silent' },
      });
    else {
      assert.ok(machine.head.wakeAt !== null, 'nothing under way, and nothing due');
      machine.at = Math.max(machine.at, machine.head.wakeAt);
      machine.say({ on: 'tick', at: machine.at });
    }
  }
  assert.ok(machine.head.isFinished, `not finished: ${JSON.stringify(machine.head)}`);
}

describe('rollout machine', () => {
  it('keeps its laws under any order of events and restarts, and ends', () => {
    const plans = fc.record({
      canary: fc.nat(3),
      wave: fc.nat(4),
      concurrency: fc.integer({ min: 1, max: 5 }),
      abortShare: fc.constantFrom(0, 0.2, 0.5, 1),
      gate: fc.constantFrom('none', 'canary', 'all'),
      deadlineMs: fc.constantFrom(0, 600_000, 3_600_000),
      attempts: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 1, max: 14 }),
        fc.boolean(),
        fc.array(step, { maxLength: 120 }),
        (plan, count, hasBad, steps) => {
          const imeis = Array.from({ length: count }, (_, i) => `m${i}`);
          const machine = new Machine({ ...PLAN, ...plan }, hasBad ? [...imeis, 'bad', 'm0'] : imeis);
          machine.say({ on: 'start', at: 0 });
          for (const each of steps) random(machine, each);
          bringToEnd(machine);
          for (const { imei, state } of machine.targets.values()) {
            assert.ok(FINAL_STATES.some((final) => final === state));
            assert.ok(machine.told.includes(imei) || state === 'silent', `${imei} (${state}) was never told`);
          }
          assert.ok(machine.summaries >= 1);
          const { total, ok, failed, silent, open, states } = progressOf(machine.head);
          assert.equal(open, 0);
          assert.equal(ok + failed + silent + (states.notReached ?? 0) + (states.cancelled ?? 0), total);
        },
      ),
      { seed: 5, numRuns: 400 },
    );
  });

  it('touches no other modem before the canaries are well', () => {
    const machine = new Machine({ ...PLAN, canary: 2, concurrency: 10 }, ['a', 'b', 'c', 'd', 'e']);
    machine.say({ on: 'start', at: 0 });
    assert.deepEqual([...machine.working.keys()], ['a', 'b']);
    machine.say({ on: 'outcome', at: 1, imei: 'a', outcome: { result: 'changed' } });
    machine.say({ on: 'gate', at: 2, imei: 'a', isOk: true });
    assert.deepEqual([...machine.working.keys()], ['b']);
    // proves nothing: the next one is asked
    machine.say({ on: 'outcome', at: 3, imei: 'b', outcome: { result: 'same' } });
    assert.deepEqual([...machine.working.keys()], ['c']);
    machine.say({ on: 'outcome', at: 4, imei: 'c', outcome: { result: 'changed' } });
    assert.deepEqual([...machine.working.keys()], []);
    machine.say({ on: 'gate', at: 5, imei: 'c', isOk: true });
    assert.deepEqual([...machine.working.keys()], ['d', 'e']);
  });

  it('puts the old values of a canary back when its meters fall silent, and touches nobody else', () => {
    const machine = new Machine({ ...PLAN, concurrency: 10 }, ['a', 'b', 'c']);
    machine.say({ on: 'start', at: 0 });
    const target = machine.targets.get('a');
    if (target) machine.targets.set('a', { ...target, journal: { before: { COMM_baudrate: '9600' } } });
    machine.say({ on: 'outcome', at: 1, imei: 'a', outcome: { result: 'changed' } });
    machine.say({ on: 'tick', at: 60_001 });
    assert.deepEqual([...machine.working], [['a', 'restore']]);
    machine.say({ on: 'outcome', at: 60_100, imei: 'a', outcome: { result: 'rolledBack' } });
    assert.deepEqual(
      [...machine.targets.values()].map(({ state }) => state),
      ['rolledBack', 'notReached', 'notReached'],
    );
    assert.deepEqual([machine.head.mode, machine.summaries], ['aborted', 1]);
  });

  it('gives up a modem whose work never ends, and lets the rest go on', () => {
    const machine = new Machine({ ...PLAN, canary: 0, concurrency: 1, abortShare: 1 }, ['a', 'b']);
    machine.say({ on: 'start', at: 0 });
    machine.say({ on: 'tick', at: 600_000 });
    machine.say({ on: 'tick', at: 630_000 });
    assert.equal(machine.targets.get('a')?.state, 'unknown');
    assert.deepEqual(machine.working.has('b'), true);
    machine.say({ on: 'outcome', at: 640_000, imei: 'a', outcome: { result: 'changed' } }); // late
    assert.equal(machine.targets.get('a')?.state, 'unknown');
  });
});
