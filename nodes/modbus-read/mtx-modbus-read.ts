// mtx-modbus-read: reads a Modbus RTU or ASCII device behind a modem.
import type { NodeAPI } from 'node-red';
import { READERS, type ModbusQuery } from '../../src/core/index';
import { readerNode } from '../shared/reader-node';
import { modbusAdmin } from './admin';
import { modbusMigrations } from './migrations';

function init(RED: NodeAPI): void {
  readerNode<ModbusQuery>(RED, {
    type: 'mtx-modbus-read',
    overrides: ['items', 'registers'],
    migrations: modbusMigrations,
    protocol: () => READERS.modbus.name,
    ...READERS.modbus,
  });
  modbusAdmin(RED);
}

export = init;
