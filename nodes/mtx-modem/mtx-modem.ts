// mtx-modem: one modem (IMEI given), or a fleet with one set-up (IMEI empty: msg.imei says which).
import type { NodeAPI, NodeDef } from 'node-red';
import { asReadError, failure, Fields, isLuhnValid, modemProfile, parseImei } from '../../src/core/index';
import { explain } from '../shared/explain';
import type { BrokerNode, ModemNode, Msg } from '../shared/palette';
import { modemAdmin } from './admin';

function setUp(RED: NodeAPI, node: ModemNode, fields: Fields, broker: BrokerNode | null): void {
  if (!broker?.registry) throw broker?.failure ?? failure('modem.noBroker', {}, 'configure');
  const imei = fields.has('imei') ? parseImei(fields.text('imei')) : '';
  if (imei !== '' && !isLuhnValid(imei)) node.warn(RED._('mtx-modem.warning.luhn', { imei }));
  const { registry } = broker;
  const profile = modemProfile(fields, imei === '');
  // a modem of its own stays in use as long as its node lives: its memory of the line and its counters with it
  if (imei !== '') registry.acquire(imei, profile);
  node.on('close', () => {
    if (imei !== '') registry.release(imei);
  });
  Object.assign(node, {
    imei,
    profile,
    statusPeriod: fields.integer('statusPeriod', { min: 1, max: 86_400, fallback: 300 }),
    registry,
    admission: broker.admission,
    cutShort: (requests: number) => broker.cutShort(requests),
    link: broker.broker,
    imeiOf: (msg: Msg): string => {
      const wanted =
        typeof msg['imei'] === 'string' || typeof msg['imei'] === 'number' ? String(msg['imei']).trim() : '';
      if (wanted !== '') return parseImei(wanted);
      if (imei !== '') return imei;
      throw failure('modem.fleetNeedsImei', {}, 'configure');
    },
    acquire: (id: string) => registry.acquire(id, profile),
    release: (id: string) => registry.release(id),
  });
}

function init(RED: NodeAPI): void {
  function MtxModem(this: ModemNode, definition: NodeDef & { broker?: string }): void {
    RED.nodes.createNode(this, definition);
    const fields = new Fields({ ...definition });
    try {
      setUp(RED, this, fields, RED.nodes.getNode(definition.broker ?? '') as BrokerNode | null);
    } catch (thrown) {
      // the node stays, so that each of its users can tell what is wrong with it
      const failure = asReadError(thrown, 'configure');
      Object.assign(this, { failure });
      this.error(explain(RED, 'mtx-modem', failure, fields.text('imei')).message);
    }
  }
  RED.nodes.registerType('mtx-modem', MtxModem);
  modemAdmin(RED);
}

export = init;
