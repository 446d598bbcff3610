// How the work on one modem may end badly, each way with its own reason: what a modem refuses, garbles, or never says.
import assert from 'node:assert/strict';
import { REBOOT_COMMANDS } from '../../../src/core/fleet/config/actions';
import { desiredOf, type Template } from '../../../src/core/fleet/config/desired';
import { work, type WorkHost } from '../../../src/core/fleet/rollout/modem-work';
import type { WorkOutcome } from '../../../src/core/fleet/rollout/outcome';
import type { WorkOrder } from '../../../src/core/fleet/rollout/work-order';
import { ERROR, OK, scriptedModem, value, type Answer } from '../../support/scripted-modem';
import { wordsOf } from '../../support/outcome-words';

const IMEI = '353234028103206';

const orderOf = (template: Template, more: Partial<WorkOrder> = {}): WorkOrder => ({
  mode: 'apply',
  desired: desiredOf(template, IMEI),
  commands: [],
  isReboot: false,
  rebootCommands: REBOOT_COMMANDS,
  hasReboot: false,
  isConfirmed: true,
  lifeMs: 60_000,
  atMs: 15_000,
  ...more,
});

async function endOf(
  order: WorkOrder,
  answer: (command: string, before: number) => Answer,
  more: Partial<WorkHost> = {},
): Promise<WorkOutcome> {
  const { clock, channel } = scriptedModem(IMEI, answer);
  const host: WorkHost = {
    signal: new AbortController().signal,
    note: async () => undefined,
    audit: () => undefined,
    ...more,
  };
  return clock.runUntil(work(channel, order, {}, host));
}

/** A modem that holds what it is told, until `change` says otherwise. */
function memory(
  start: Readonly<Record<string, string>>,
  change: (command: string, before: number) => Answer | undefined,
): (command: string, before: number) => Answer {
  const stored = new Map(Object.entries(start));
  return (command, before) => {
    const own = change(command, before);
    if (own !== undefined) return own;
    const [, name = '', wanted] = /PARAM,([^,]+)(?:,(.*))?$/.exec(command) ?? [];
    if (command.includes('SETPARAM')) stored.set(name, wanted ?? '');
    return command.includes('GETPARAM') ? value(stored.get(name) ?? '') : OK;
  };
}

describe('work on one modem ends badly', () => {
  const ends = (outcome: WorkOutcome, result: string, reason: string): void => {
    assert.deepEqual([outcome.result, outcome.why?.reason], [result, reason], wordsOf(outcome));
    assert.ok(wordsOf(outcome).length > 10);
  };

  it('where what it holds cannot be understood', async () => {
    const outcome = await endOf(orderOf({ DNS_period: '60' }), () => value('300', '301'));
    ends(outcome, 'failed', 'fleet.answerUnclear');
  });

  it('where a set value reads as nothing, or as another', async () => {
    const reads = (later: Answer) =>
      endOf(
        orderOf({ DNS_period: '60' }),
        memory({ DNS_period: '300' }, (command, before) =>
          command.includes('GETPARAM') && before > 0 ? later : undefined,
        ),
      );
    ends(await reads(ERROR), 'failed', 'fleet.readsNothing');
    ends(await reads(value('77')), 'failed', 'fleet.readsOther');
  });

  it('where a later value is refused and an earlier one cannot be set back', async () => {
    const outcome = await endOf(
      orderOf({ DNS_period: '60', SMS_sendIP: 'on' }),
      memory({ DNS_period: '300', SMS_sendIP: 'off' }, (command) =>
        /SETPARAM,SMS_sendIP,on|SETPARAM,DNS_period,300/.test(command) ? ERROR : undefined,
      ),
    );
    ends(outcome, 'failed', 'fleet.notSetBack');
    assert.match(wordsOf(outcome), /DNS_period/);
  });

  it('where the values after the reboot are not those that were set', async () => {
    let isRebooted = false;
    const outcome = await endOf(
      orderOf({ DNS_period: '60' }, { hasReboot: true }),
      memory({ DNS_period: '300' }, (command) => {
        isRebooted ||= /REBOOT|CFUN/.test(command);
        return isRebooted && command.includes('GETPARAM') ? value('300') : undefined;
      }),
    );
    ends(outcome, 'failed', 'fleet.wrongAfterwards');
  });

  it('where it never comes back, though nothing was changed that could cut it off', async () => {
    let isGone = false;
    const outcome = await endOf(
      orderOf({ DNS_period: '60' }, { hasReboot: true }),
      memory({ DNS_period: '300' }, (command) => {
        const wasGone = isGone;
        isGone ||= /REBOOT|CFUN/.test(command);
        return wasGone ? 'silent' : undefined;
      }),
    );
    ends(outcome, 'lost', 'fleet.lostSafe');
  });

  const lifeline = (
    after: (command: string) => Answer | undefined,
    isHelped: () => void = () => undefined,
  ): Promise<WorkOutcome> => {
    let isGone = false;
    let isBack = false;
    return endOf(
      orderOf({ GPRS_apn: 'wrong', DNS_period: '60' }, { hasReboot: true }),
      memory({ GPRS_apn: 'right', DNS_period: '300' }, (command) => {
        const wasGone = isGone;
        isGone ||= /REBOOT|CFUN/.test(command);
        if (isBack) return after(command);
        return wasGone ? 'silent' : undefined;
      }),
      {
        rollbackBySms: async () => {
          isHelped();
          isBack = true;
          return true;
        },
      },
    );
  };

  it('where it does not come back after the texts with its old values either', async () => {
    ends(await lifeline(() => 'silent'), 'lost', 'fleet.lostSent');
  });

  it('where it comes back by text and refuses an old value', async () => {
    const outcome = await lifeline((command) => (command.includes('SETPARAM') ? ERROR : undefined));
    ends(outcome, 'failed', 'fleet.refusesOld');
  });

  it('where the whole configuration is asked for and it has no such command', async () => {
    ends(await endOf(orderOf({}, { mode: 'read' }), () => ERROR), 'failed', 'fleet.noWholeConfig');
  });
});

describe('a reboot that is asked for ends badly', () => {
  const rebooted = (answer: (command: string) => Answer): Promise<WorkOutcome> =>
    endOf(orderOf({}, { mode: 'commands', commands: REBOOT_COMMANDS, isReboot: true }), answer);
  const isReboot = (command: string): boolean => REBOOT_COMMANDS.includes(command);

  it('where every form of it is refused', async () => {
    const outcome = await rebooted((command) => (isReboot(command) ? ERROR : OK));
    assert.deepEqual([outcome.result, outcome.why?.reason], ['failed', 'fleet.refusesReboot']);
  });

  it('where the modem never goes away', async () => {
    const outcome = await rebooted(() => OK);
    assert.deepEqual([outcome.result, outcome.why?.reason], ['failed', 'fleet.stayed']);
  });

  it('where the modem does not come back', async () => {
    let isGone = false;
    const outcome = await rebooted((command) => {
      if (isReboot(command)) isGone = true;
      return isGone && !isReboot(command) ? 'silent' : OK;
    });
    assert.deepEqual([outcome.result, outcome.why?.reason], ['lost', 'fleet.lostReboot']);
  });
});
