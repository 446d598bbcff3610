// Names under which modems are known, or expected, to report a fact. No key of the status JSON was ever printed by the
// vendor and its layout can be customised, so every fact has several names, any case counts, and a fleet with other
// names brings a mapping of its own (mtx-status: mapping).

/** Facts that a status message may tell. */
export const STATUS_FIELDS = [
  'imei',
  'name',
  'ip',
  'csq',
  'dbm',
  'model',
  'firmware',
  'technology',
  'operator',
  'cell',
  'area',
  'sim',
  'time',
  'uptime',
] as const;
export type StatusField = (typeof STATUS_FIELDS)[number];

/** Of two names of one fact in the same message the earlier one counts. */
export const STATUS_ALIASES: Readonly<Record<StatusField, readonly string[]>> = {
  imei: ['imei', 'id', 'device', 'deviceid'],
  name: ['p', 'name', 'label', 'user', 'alias'],
  ip: ['ip', 'ipaddress', 'ipaddr', 'wanip'],
  csq: ['csq', 'rssi', 'signal', 'coverage'],
  dbm: ['dbm', 'rssidbm'],
  model: ['mod', 'model', 'hw', 'type'],
  firmware: ['ver', 'version', 'fw', 'firmware'],
  technology: ['tech', 'technology', 'rat', 'act'],
  operator: ['op', 'operator', 'oper', 'plmn', 'mccmnc', 'network'],
  cell: ['cell', 'cid', 'cellid', 'ci'],
  area: ['lac', 'tac'],
  sim: ['iccid', 'ccid', 'icc', 'sim', 'simid'],
  time: ['ts', 'time', 'timestamp', 'date', 'datetime'],
  uptime: ['uptime'],
};

/** Inputs, outputs and analogue values: IO0, ADC1, DI2, DO3. */
export const INPUT_NAME = /^(?:io|adc|di|do)\d{1,2}$/i;
