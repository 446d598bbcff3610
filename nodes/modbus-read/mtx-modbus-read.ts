// mtx-modbus-read: reads a Modbus RTU or ASCII device behind a modem.
import type { NodeAPI } from 'node-red';
import { readerNode } from '../shared/reader-node';
import { modbusAdmin } from './admin';
import { modbusJob, parseModbus, type ModbusQuery } from './query';

function init(RED: NodeAPI): void {
  readerNode<ModbusQuery>(RED, {
    type: 'mtx-modbus-read',
    overrides: ['items', 'registers'],
    migrations: [],
    parse: parseModbus,
    protocol: () => 'modbus',
    meter: (query) => String(query.unit),
    job: modbusJob,
  });
  modbusAdmin(RED);
}

export = init;
