// A platform that is killed (SIGKILL) at any step, as a process of its own over a real broker, and started again: every
// target ends in one known state, told once, and the modems say that nothing came twice. MTX_KILLS says at how many steps
// (all of them in the chaos tier).
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imeiRow, valueOf, withParameter } from '../../src/simulator/index';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { startBroker, startModem, type TestBroker } from '../support/palette';

const IMEIS = imeiRow('353234028103206', 3);
const KILLS = Number(process.env['MTX_KILLS'] ?? 3);
type Kind = 'rollout' | 'commands';

/** What all lives told, in order. */
interface Told {
  readonly results: readonly string[];
  readonly summaries: readonly Readonly<Record<string, string>>[];
  readonly steps: number;
}

describe('a platform that is killed', function () {
  this.timeout(Math.max(180_000, KILLS * 30_000));
  let broker: TestBroker;
  const modems: ModemCore[] = [];
  beforeEach(async () => {
    broker = await startBroker();
    for (const imei of IMEIS)
      modems.push(await startModem(broker, { imei, config: { MTX_ping: '35', DNS_period: '300' } }));
  });
  afterEach(async () => {
    for (const modem of modems.splice(0)) modem.stop();
    await broker.close();
  });

  /** One life; whether it was killed. */
  const live = async (kind: Kind, folder: string, killAt: number, isAgain = false): Promise<boolean> => {
    const given = JSON.stringify({ folder, port: broker.port, kind, imeis: IMEIS, killAt, isAgain });
    const child = fork(join(__dirname, '../support/fleet-life.cjs'), [given], { execArgv: [] });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    assert.ok(code === 0 || signal === 'SIGKILL', `exit ${code} ${signal}`);
    return signal === 'SIGKILL';
  };
  const toldIn = (folder: string): Told => {
    const path = join(folder, 'told.jsonl');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    const told = lines.map(
      (line) => JSON.parse(line) as { imei?: string; summary?: Record<string, string>; steps?: number },
    );
    return {
      results: told.flatMap(({ imei }) => imei ?? []),
      summaries: told.flatMap(({ summary }) => (summary ? [summary] : [])),
      steps: told.at(-1)?.steps ?? 0,
    };
  };
  const sentTo = (imei: string): string[] =>
    broker.published
      .filter((line) => line.startsWith(`${imei}/AT `))
      .map((line) => Buffer.from(line.split(' ')[1] ?? '', 'hex').toString());
  /** One life that is killed at a step (0 = none) and the next one's end, on fresh modems and a fresh folder. */
  const story = async (kind: Kind, killAt: number, check: (told: Told, folder: string) => void): Promise<number> => {
    const folder = mkdtempSync(join(tmpdir(), 'mtx-killed-'));
    try {
      broker.published.length = 0;
      for (const modem of modems) modem.body.stored = withParameter(modem.body.stored, 'MTX_ping', '35');
      if (await live(kind, folder, killAt)) await live(kind, folder, 0, true);
      const told = toldIn(folder);
      check(told, folder);
      return told.steps;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  /** Steps from the first to the last, as many as are wanted. */
  const places = (steps: number): readonly number[] => {
    const count = Math.min(KILLS, steps);
    return Array.from({ length: count }, (_, i) => 1 + Math.floor((i * (steps - 1)) / Math.max(1, count - 1)));
  };

  it('goes on with its rollout: each modem changed and rebooted once, told once, audited once', async () => {
    const check = ({ summaries, results }: Told, folder: string, how: string): void => {
      assert.deepEqual(summaries.at(-1), Object.fromEntries(IMEIS.map((imei) => [imei, 'changed'])), how);
      assert.deepEqual([...new Set(results)].sort(), [...IMEIS].sort(), how);
      const audit = existsSync(join(folder, 'audit.jsonl')) ? readFileSync(join(folder, 'audit.jsonl'), 'utf8') : '';
      const ends = audit
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { imei: string; result: string; command?: string; id: string });
      assert.equal(new Set(ends.map(({ id }) => id)).size, ends.length, `${how}: a line stands twice`);
      const changed = ends.filter(({ result, command }) => result === 'changed' && command === undefined);
      assert.deepEqual(changed.map(({ imei }) => imei).sort(), [...IMEIS].sort(), `${how}: told once in the audit`);
      for (const [i, imei] of IMEIS.entries()) {
        const reboots = sentTo(imei).filter((command) => /REBOOT|CFUN/.test(command));
        assert.ok(reboots.length <= 1, `${how}: ${imei} was rebooted ${reboots.length} times`);
        assert.equal(valueOf(modems[i]?.config ?? new Map(), 'MTX_ping'), '20', how);
      }
    };
    const steps = await story('rollout', 0, (told, folder) => check(told, folder, 'not killed'));
    assert.ok(steps > 20, `${steps} steps`);
    for (const at of places(steps))
      await story('rollout', at, (told, folder) => check(told, folder, `killed at step ${at} of ${steps}`));
  });

  it('tells what became of its AT commands, and sends none twice', async () => {
    const commands = ['AT^MTXTUNNEL=SETIO,0,1', 'AT^MTXTUNNEL=SETIO,0,0'];
    const steps = await story('commands', 0, ({ summaries }) =>
      assert.deepEqual(summaries[0], Object.fromEntries(IMEIS.map((imei) => [imei, 'OK']))),
    );
    assert.ok(steps > 10, `${steps} steps`);
    for (const at of places(steps))
      await story('commands', at, ({ summaries }) => {
        const how = `killed at step ${at} of ${steps}`;
        const last = summaries.at(-1);
        // killed before the order was kept: nothing was sent, and nobody was promised anything
        if (!last) {
          assert.deepEqual(IMEIS.flatMap(sentTo), [], how);
          return;
        }
        assert.deepEqual(Object.keys(last).sort(), [...IMEIS].sort(), how);
        for (const imei of IMEIS) {
          const sent = sentTo(imei);
          assert.equal(new Set(sent).size, sent.length, `${how}: a command was sent twice to ${imei}`);
          const state: string | undefined = last[imei];
          if (state === 'OK') assert.deepEqual(sent, commands, `${how}: ${imei}`);
          else if (state === 'CANCELLED') assert.deepEqual(sent, [], `${how}: ${imei} was told as not asked`);
          else assert.equal(state, 'OUTCOME_UNKNOWN', how);
        }
      });
  });
});
