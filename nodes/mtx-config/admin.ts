// The buttons of the mtx-config dialog: the parameters to choose from, a config.txt made for the chosen modem node, and
// an existing one checked against it. Nothing is sent to a modem.
import type { NodeAPI } from 'node-red';
import {
  checkConfig,
  generateConfig,
  parameterOf,
  parameterRows,
  failure,
  phrase,
  ReadError,
  type ConfigOptions,
  Fields,
} from '../../src/core/index';
import { adminRoute } from '../shared/admin';
import { modemNodeOf, type ModemNode } from '../shared/palette';

type Body = Readonly<Record<string, unknown>>;

export function configAdmin(RED: NodeAPI): void {
  adminRoute(RED, 'mtx-config', 'config/parameters', async () => ({
    parameters: parameterRows.map(({ name, type, basis, en, es, unit, min, max, choices, isSecret }) => ({
      name,
      type,
      basis,
      en,
      es,
      unit,
      min,
      max,
      choices,
      isSecret: isSecret === true,
      isLifeline: parameterOf(name.replace('#', '1')).isLifeline,
    })),
  }));
  adminRoute(RED, 'mtx-config', 'config/generate', async (body) =>
    generateConfig(deployed(RED, body).profile, optionsOf(new Fields(body))),
  );
  adminRoute(RED, 'mtx-config', 'config/check', async (body) => {
    const node = deployed(RED, body);
    const fields = new Fields(body);
    const text = typeof body['text'] === 'string' ? body['text'] : '';
    if (text.length > MAX_TEXT) throw failure('fleet.textTooLong', { length: text.length }, 'configure');
    if (text.trim() === '') throw failure('fleet.noText', {}, 'configure');
    return {
      findings: checkConfig(text, {
        profile: node.profile,
        imei: node.imei,
        brokerUrl: fields.text('brokerUrl'),
        statusPeriodS: fields.integer('statusPeriod', { min: 1, max: 86_400, fallback: 300 }),
      }),
    };
  });
}

function deployed(RED: NodeAPI, body: Body): ModemNode {
  const node = modemNodeOf(RED, body['modem']);
  if (node instanceof ReadError) throw node;
  return node;
}

function optionsOf(fields: Fields): ConfigOptions {
  return {
    bus: fields.choice('bus', ['rs232', 'rs485'], 'rs232'),
    brokerUrl: fields.text('brokerUrl', 'mqtts://broker.example:8883'),
    brokerLogin: line(fields, 'brokerLogin'),
    brokerPassword: line(fields, 'brokerPassword'),
    apn: line(fields, 'apn'),
    apnLogin: line(fields, 'apnLogin'),
    apnPassword: line(fields, 'apnPassword'),
    pin: line(fields, 'pin', '0000'),
    model: line(fields, 'model'),
    keepaliveS: fields.integer('keepalive', { min: 1, max: 65_535, fallback: 300 }),
    statusPeriodS: fields.integer('statusPeriod', { min: 1, max: 86_400, fallback: 300 }),
    isStatusExtended: fields.flag('statusExtended'),
    phones: fields
      .text('phones')
      .split(/[,;\s]+/)
      .filter((phone) => phone !== ''),
    pingMinutes: fields.integer('ping', { min: 0, max: 1_440, fallback: 35 }),
    pingAddress: line(fields, 'pingIP', '8.8.8.8'),
    networkErrors: fields.integer('networkErrors', { min: 0, max: 100_000, fallback: 180 }),
    hasDailyReset: fields.flag('dailyReset'),
  };
}

/** One value of one line: a line break would begin another parameter. */
function line(fields: Fields, name: string, fallback = ''): string {
  const text = fields.text(name, fallback);
  if (/[\x00-\x1f\x7f]/.test(text)) throw fields.wrong(name, phrase('fleet.controlCharacter', {}));
  return text;
}

const MAX_TEXT = 200_000;
