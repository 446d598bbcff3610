// What the simulator offers to tests, demonstrations and other programs, by name.
export { VirtualClock } from './ground/virtual-clock';
export { fasterClock } from './ground/faster-clock';
export { between, seededRandom, seedOf, wholeBetween } from './ground/random';
export type { Meter, Reply } from './serial/meter';
export {
  busyAt,
  delay,
  drop,
  duplicate,
  echo,
  flip,
  foreignUnit,
  late,
  merge,
  noise,
  offline,
  split,
  withFaults,
} from './faults/behaviours';
export type { MeterFault } from './faults/behaviours';
export {
  delayMessages,
  dropMessages,
  duplicateMessages,
  flipMessages,
  mergeMessages,
  only,
  splitMessages,
  withMessageFaults,
} from './faults/message-faults';
export type { MessageFault, Pass } from './faults/message-faults';
export { parseFaults } from './faults/fault-text';
export {
  documentedName,
  factoryConfig,
  formatConfig,
  parseConfig,
  portSettings,
  valueOf,
  withParameter,
} from './modem/config';
export type { Config } from './modem/config';
export { DEFAULT_CHOICES } from './modem/choices';
export type { Choices } from './modem/choices';
export { REPLY_STYLES, styledReply } from './modem/reply-style';
export type { AtResult, ReplyStyle } from './modem/reply-style';
export { characterMs, heardBytes } from './serial/uart';
export { Bus } from './serial/bus';
export { runBusMaster, type BusMasterOptions } from './serial/bus-master';
export type { BusOptions, SerialSide } from './serial/bus';
export { SerialLine } from './modem/line';
export type { LineOptions } from './modem/line';
export { ModemCore } from './modem/modem-core';
export type { ModemState } from './modem/modem-core';
export type { ModemEvent, ModemSpec } from './modem/body';
export type { Session, Uplink } from './modem/session';
export { modemSpec } from './modem/modem-spec';
export type { ModemOptions } from './modem/modem-spec';
export { brokerUrl, simulatedModem } from './world/modem';
export type { MqttOptions } from './world/modem';
export { MemoryBroker } from './world/world';
export type { AirOptions } from './world/world';
export { SmsNetwork } from './world/sms-network';
export type { OnSms, SmsNetworkOptions } from './world/sms-network';
export { fleetSpecs } from './world/fleet';
export type { FleetOptions } from './world/fleet';
export { imeiRow, isImei, luhnDigit } from './modem/imei';
export { METER_KINDS } from './meters/meter-kinds';
export type { MeterKind, MeterWish } from './meters/meter-kind';
export { builtInProfiles } from './meters/modbus/profiles';
export { ModbusMeter } from './meters/modbus/meter';
export type { ModbusMeterOptions } from './meters/modbus/meter';
export { pointValue, profileDevice, ruleDevice } from './meters/modbus/device';
export type { ModbusDevice, ProfileDeviceOptions } from './meters/modbus/device';
export { registersOf, sentinelOf } from './meters/modbus/points';
export type { ModbusProfile, Point, PointType } from './meters/register-list';
export { plausibleValue } from './meters/plausible';
export { parseRecording, ReplayMeter } from './sources/replay';
export type { Chunking, Exchange } from './sources/replay';
export { tcpSide } from './sources/source-tcp';
export { serialSide, sttyArguments } from './sources/source-serial';
export { startCli } from './cli/cli';
export type { CliWorld } from './cli/cli';
