// mtx-config: desired against reported configuration of one modem, or rolled out over many; ready actions; audit.
import { isAbsolute, join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { asReadError, Fields, parameterRows, phrase, ReadError, Rollouts, type Journal } from '../../src/core/index';
import { askingNode, type Ask, type Asker, type Host } from '../shared/asking-node';
import { fleetPorts } from '../shared/fleet-ports';
import { journalOf } from '../shared/journal';
import type { Msg } from '../shared/palette';
import { configAdmin } from './admin';
import { AuditFile } from './audit-file';
import { AuditView } from './audit-view';
import { controlRollouts } from './control';
import { RolloutMessages } from './messages';
import { parseWanted } from './request';
import { Seal } from './seal';
import { SealedKeys } from './sealed-keys';

function init(RED: NodeAPI): void {
  const secrets = parameterRows.filter((row) => row.isSecret === true).map(({ name }) => name);
  askingNode(RED, {
    type: 'mtx-config',
    credentials: Object.fromEntries([...secrets, 'stateKey'].map((name) => [name, { type: 'password' }])),
    overrides: { fields: ['action', 'target'], objects: ['config', 'rollout'] },
    make: (host) => new ConfigAsker(host),
  });
  configAdmin(RED);
}

class ConfigAsker implements Asker {
  private readonly fields: Fields;
  private readonly rollouts: Rollouts<Msg> | ReadError;
  private journal: Journal | undefined;
  private audit: AuditView | undefined;
  private messages: RolloutMessages | undefined;
  /** What was under way goes on; undefined while that could not be read. */
  private resumed: Promise<void> | undefined;

  constructor(private readonly host: Host) {
    this.fields = new Fields(host.config);
    this.rollouts = this.setUp();
  }

  imeiOf(): string {
    return '';
  }

  /** A message about rollouts that are under way, not for a new one. */
  async control(msg: Msg): Promise<boolean> {
    if (this.rollouts instanceof ReadError) return false; // said where the message is asked
    await (this.resumed ?? this.resume(this.rollouts));
    const done = await controlRollouts(this.rollouts, msg);
    if (!done) return false;
    const { word, id } = done;
    const user = typeof msg['user'] === 'string' ? msg['user'] : '';
    if (word === 'progress') this.messages?.send({ ...msg, payload: this.rollouts.progress(), isProgress: true });
    else if (word !== 'gate') this.messages?.audit(user, { imei: '', action: word, rollout: id, result: 'OK' });
    return true;
  }

  async ask({ msg, fields, secrets, about }: Ask): Promise<string> {
    about('', typeof msg['imei'] === 'string' ? msg['imei'] : this.fields.text('name', 'mtx-config'));
    const { rollouts, messages } = this;
    if (rollouts instanceof ReadError || !messages) throw rollouts;
    const wanted = parseWanted(fields, msg, this.host.modem(), secrets, rollouts.newId());
    const { request, plan, targets } = wanted;
    messages.audit(request.user, {
      imei: request.target === 'modem' ? (targets[0]?.imei ?? '') : '',
      action: request.action,
      rollout: plan.id,
      result: 'started',
      why: phrase('fleet.startedWith', { count: targets.length }),
    });
    if (request.target === 'all') {
      const { ok, total } = await rollouts.broadcast(wanted, msg);
      return `${ok}/${total} OK`;
    }
    const ended = messages.ended(plan.id);
    await rollouts.start(wanted, msg).catch((thrown: unknown) => {
      messages.dismiss(plan.id);
      throw thrown;
    });
    return ended;
  }

  /** Rollouts go on in the next life of the node, unless it is removed. */
  async close(isRemoved: boolean): Promise<void> {
    if (!(this.rollouts instanceof ReadError)) await this.rollouts.close(isRemoved);
    await this.audit?.close();
    await this.journal?.close(isRemoved);
    this.messages?.dismissAll();
  }

  private resume(rollouts: Rollouts<Msg>, started = Promise.resolve()): Promise<void> {
    const resumed = started.then(() => rollouts.resume());
    this.resumed = resumed;
    resumed.catch(() => (this.resumed = undefined));
    return resumed;
  }

  private setUp(): Rollouts<Msg> | ReadError {
    const { host, fields } = this;
    const { node, RED } = host;
    try {
      const modemNode = host.modem();
      const journal = (this.journal = journalOf(RED, node));
      const audit = (this.audit = new AuditView(journal, this.auditFile()));
      const messages = (this.messages = new RolloutMessages(host, audit));
      const seal = new Seal(String((node.credentials as Record<string, unknown> | undefined)?.['stateKey'] ?? ''));
      const rollouts = new Rollouts<Msg>({
        ...fleetPorts(RED, modemNode, fields.text('sms')),
        keys: new SealedKeys(journal, seal),
        told: messages,
        bare: (id) => ({ _msgid: id }) as Msg,
      });
      rollouts.listen().catch(messages.trouble);
      this.resume(rollouts, journal.isThere ? host.started() : Promise.resolve())
        .then(async () => {
          const count = await journal.open();
          if (count > 0) messages.warn(phrase('fleet.journalDamaged', { count }));
          await audit.open();
        })
        .catch(messages.trouble);
      return rollouts;
    } catch (thrown) {
      return asReadError(thrown, 'configure');
    }
  }

  private auditFile(): AuditFile {
    const { fields } = this;
    const { RED, node } = this.host;
    const path = fields.text('auditPath');
    const full = path === '' || isAbsolute(path) ? path : join(String(RED.settings.userDir ?? '.'), path);
    return new AuditFile(
      full,
      fields.integer('auditSize', { min: 1, max: 1_000_000, fallback: 1_024 }) * 1024,
      fields.integer('auditFiles', { min: 1, max: 1_000, fallback: 5 }),
      (detail) => node.warn(RED._('mtx-config.warning.audit', { path: full, detail })),
    );
  }
}

export = init;
