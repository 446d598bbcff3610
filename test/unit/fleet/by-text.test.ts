// Work by text message where MQTT does not reach the modem, against the simulated modem in virtual time.
import assert from 'node:assert/strict';
import { wordsOf } from '../../support/outcome-words';
import { work, type WorkHost } from '../../../src/core/fleet/rollout/modem-work';
import type { WorkOrder } from '../../../src/core/fleet/rollout/work-order';
import { REBOOT_COMMANDS } from '../../../src/core/fleet/config/actions';
import { laneChannel } from '../../../src/core/fleet/rollout/channel';
import { desiredOf, type Template } from '../../../src/core/fleet/config/desired';
import type { WorkJournal, WorkOutcome } from '../../../src/core/fleet/rollout/outcome';
import type { Rollback, RollbackStep } from '../../../src/core/fleet/sms/sms-fallback';
import { ReadError } from '../../../src/core/wire/errors';
import { valueOf, type ModemCore } from '../../../src/simulator';
import { FleetWorld, PROFILE } from '../../support/fleet-world';

const IMEI = '353234028103206';
const MINUTE = 60_000;
type Answer = RollbackStep['state'];

/** A modem with a wrong APN, the platform's texts, and the work on it. */
class Lost {
  readonly world = new FleetWorld();
  readonly modem: ModemCore;
  readonly texts: { readonly at: number; readonly command: string }[] = [];
  readonly journals: WorkJournal[] = [];
  readonly audit: { command?: string; result: string }[] = [];
  readonly stop = new AbortController();
  /** What becomes of the texts, in turn; the last one stays. */
  answers: Answer[] = ['done'];
  isDelivered = true;

  constructor(apn = 'wrong.apn') {
    this.modem = this.world.add({ imei: IMEI, simApn: 'movistar.es', config: { GPRS_apn: apn } });
    this.modem.start();
  }

  work(order: WorkOrder, journal: WorkJournal = {}): Promise<WorkOutcome> {
    const { world } = this;
    const host: WorkHost = {
      signal: this.stop.signal,
      note: async (note) => void this.journals.push(note),
      audit: (event) => void this.audit.push(event),
      text: { afterMs: 2 * MINUTE, send: (imei, commands) => this.send(imei, commands) },
    };
    return work(
      laneChannel(world.registry.acquire(IMEI, PROFILE), world.signs, world.clock, host.signal),
      order,
      journal,
      host,
    );
  }

  run(order: WorkOrder, journal: WorkJournal = {}): Promise<WorkOutcome> {
    return this.world.clock.runUntil(this.work(order, journal));
  }

  private async send(imei: string, commands: readonly string[]): Promise<Rollback> {
    assert.equal(this.journals.at(-1)?.isTexted, true, 'noted before it is sent');
    const steps: RollbackStep[] = [];
    for (const command of commands) {
      const state = this.answers[Math.min(steps.length, this.answers.length - 1)] ?? 'done';
      steps.push({
        command,
        state,
        ...(state === 'not-sent' && {
          error: new ReadError('CONFIG_INVALID', `the phone number of modem ${imei} is not known`),
        }),
      });
      if (state === 'not-sent') break;
      this.texts.push({ at: this.world.clock.now(), command });
      if (this.isDelivered) await this.modem.receiveSms('+34666123456', `MTXTUNNEL ${command}`);
      if (state === 'refused') break;
    }
    const isBroken = steps.some(({ state }) => state === 'refused' || state === 'not-sent');
    return { imei, ok: isBroken ? false : steps.every(({ state }) => state === 'done') ? true : null, steps };
  }
}

function orderOf(template: Template, more: Partial<WorkOrder> = {}): WorkOrder {
  return {
    mode: 'apply',
    desired: desiredOf(template, IMEI),
    commands: [],
    isReboot: false,
    rebootCommands: REBOOT_COMMANDS,
    hasReboot: true,
    isConfirmed: true,
    lifeMs: 3 * MINUTE,
    atMs: 15_000,
    ...more,
  };
}
const REPAIR: Template = { GPRS_apn: 'movistar.es', MTX_ping: '20' };

describe('work by text message', () => {
  it('brings a modem with a wrong APN back: after its time, harmless values first, one reboot, read back over MQTT', async () => {
    const lost = new Lost();
    const outcome = await lost.run(orderOf(REPAIR));
    assert.deepEqual([outcome.result, outcome.way], ['changed', 'sms']);
    assert.deepEqual(
      lost.texts.map(({ command }) => command),
      ['AT^MTXTUNNEL=SETPARAM,MTX_ping,20', 'AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es', 'AT^MTXTUNNEL=REBOOT'],
    );
    assert.ok((lost.texts[0]?.at ?? 0) >= 2 * MINUTE, 'MQTT has its time first');
    assert.deepEqual(
      lost.world.commandsTo(IMEI).filter((command) => /SETPARAM|REBOOT|CFUN/.test(command)),
      [],
      'never both',
    );
    assert.equal(valueOf(lost.modem.config, 'MTX_ping'), '20');
    assert.equal(lost.modem.state, 'online');
  });

  it('is not used where MQTT answers, or answers in time', async () => {
    const there = new Lost('movistar.es');
    await there.world.clock.advance(MINUTE);
    assert.equal((await there.run(orderOf({ MTX_ping: '20' }))).result, 'changed');
    const late = new Lost();
    void late.world.clock
      .sleep(MINUTE)
      .then(() => late.modem.receiveSms('+34666123456', 'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es'))
      .then(() => late.modem.reboot());
    assert.equal((await late.run(orderOf({ MTX_ping: '20' }))).result, 'changed');
    assert.deepEqual([there.texts, late.texts], [[], []]);
  });

  it('texts nothing twice: not in the next try, not after a restart', async () => {
    const lost = new Lost();
    lost.isDelivered = false;
    lost.answers = ['unknown'];
    const first = await lost.run(orderOf(REPAIR));
    assert.deepEqual([first.result, first.way], ['silent', 'sms']);
    assert.match(wordsOf(first), /not texted again/);
    const again = await lost.run(orderOf(REPAIR), lost.journals.at(-1));
    assert.equal(again.result, 'silent');
    assert.equal(lost.texts.length, 3);
    void lost.modem
      .receiveSms('+34666123456', 'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es')
      .then(() => lost.modem.reboot()); // the network delivers one of them at last
    await lost.world.clock.advance(MINUTE);
    const back = await lost.run(orderOf(REPAIR), lost.journals.at(-1));
    assert.equal(back.result, 'changed', 'what the texts did not do is done over MQTT');
    assert.equal(valueOf(lost.modem.config, 'MTX_ping'), '20');
    assert.equal(lost.texts.length, 3);
  });

  it('says why it could not go by text, and has changed nothing then', async () => {
    const rows: [Partial<WorkOrder>, Template, RegExp][] = [
      [{}, REPAIR, /number of modem \d+ is not known/],
      [{ isConfirmed: false }, REPAIR, /GPRS_apn can cut the modem off/],
      [{}, { GPRS_apn: 'x'.repeat(140) }, /160/],
      [{}, { GPRS_password: `s3cret${'x'.repeat(140)}` }, /could not go by SMS/],
    ];
    for (const [more, template, why] of rows) {
      const lost = new Lost();
      lost.answers = ['not-sent'];
      const outcome = await lost.run(orderOf(template, more));
      assert.deepEqual([outcome.result, outcome.code], ['silent', 'NO_REPLY']);
      assert.match(wordsOf(outcome), why);
      assert.doesNotMatch(JSON.stringify(outcome), /s3cret/);
      assert.deepEqual(lost.texts, []);
      assert.notEqual(lost.journals.at(-1)?.isTexted, true, 'the next try may text');
    }
  });

  it('ends at a refusal', async () => {
    const lost = new Lost();
    lost.answers = ['done', 'refused'];
    lost.isDelivered = false;
    const outcome = await lost.run(orderOf(REPAIR));
    assert.deepEqual([outcome.result, outcome.code], ['failed', 'AT_ERROR']);
    assert.match(wordsOf(outcome), /GPRS_apn.*refused by SMS/);
    assert.equal(lost.texts.length, 2);
    const halfway = new Lost();
    halfway.answers = ['done', 'not-sent'];
    halfway.isDelivered = false;
    assert.match(
      wordsOf(await halfway.run(orderOf(REPAIR))),
      /GPRS_apn.*could not be sent by SMS \(the phone number.*; what was texted before it is stored/,
    );
  });

  it('carries actions: a reboot once, and what is not answered stays unknown', async () => {
    const lost = new Lost();
    const reboot = orderOf({}, { mode: 'commands', commands: REBOOT_COMMANDS, isReboot: true });
    lost.answers = ['unknown'];
    const away = await lost.run(reboot);
    assert.deepEqual([away.result, away.code, lost.texts.length], ['unknown', 'OUTCOME_UNKNOWN', 1]);
    const lock = new Lost();
    assert.deepEqual(
      (await lock.run(orderOf({}, { mode: 'commands', commands: ['AT^MTXTUNNEL=LOCK'] }))).result,
      'done',
    );
    lock.answers = ['unknown'];
    assert.deepEqual(
      (await lock.run(orderOf({}, { mode: 'commands', commands: ['AT^MTXTUNNEL=LOCK'] }))).code,
      'OUTCOME_UNKNOWN',
    );
  });

  it('does not text a fleet because the platform itself is off line', async () => {
    const lost = new Lost();
    lost.world.link.become('offline');
    const outcome = await lost.run(orderOf(REPAIR));
    assert.notEqual(outcome.result, 'changed');
    assert.deepEqual(lost.texts, []);
  });
});
