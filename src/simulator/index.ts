// What the simulator offers to tests, demonstrations and other programs, by name.
export { VirtualClock } from './virtual-clock';
export { fasterClock } from './faster-clock';
export { between, seededRandom, seedOf, wholeBetween } from './random';
export type { Meter, Reply } from './meter';
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
} from './behaviours';
export type { MeterFault } from './behaviours';
export {
  delayMessages,
  dropMessages,
  duplicateMessages,
  flipMessages,
  mergeMessages,
  only,
  splitMessages,
  withMessageFaults,
} from './message-faults';
export type { MessageFault, Pass } from './message-faults';
export { parseFaults } from './fault-text';
export {
  documentedName,
  factoryConfig,
  formatConfig,
  parseConfig,
  portSettings,
  valueOf,
  withParameter,
} from './config';
export type { Config } from './config';
export { DEFAULT_CHOICES } from './choices';
export type { Choices } from './choices';
export { REPLY_STYLES, styledReply } from './reply-style';
export type { AtResult, ReplyStyle } from './reply-style';
export { characterMs, heardBytes } from './uart';
export { Bus } from './bus';
export type { BusOptions, SerialSide } from './bus';
export { SerialLine } from './line';
export type { LineOptions } from './line';
export { ModemCore } from './modem-core';
export type { ModemState } from './modem-core';
export type { ModemEvent, ModemSpec } from './body';
export type { Session, Uplink } from './connection';
export { modemSpec } from './modem-spec';
export type { ModemOptions } from './modem-spec';
export { brokerUrl, simulatedModem } from './modem';
export type { MqttOptions } from './modem';
export { MemoryBroker } from './world';
export type { AirOptions } from './world';
export { SmsNetwork } from './sms-network';
export type { OnSms, SmsNetworkOptions } from './sms-network';
export { fleetSpecs } from './fleet';
export type { FleetOptions } from './fleet';
export { imeiRow, isImei, luhnDigit } from './imei';
export { METER_KINDS } from './meter-kinds';
export type { MeterKind, MeterWish } from './meter-kinds';
export { builtInProfiles } from './modbus-profiles';
export type { ModbusProfile } from './modbus-profiles';
export { ModbusMeter } from './meter-modbus';
export type { ModbusMeterOptions } from './meter-modbus';
export { pointValue, profileDevice, ruleDevice } from './modbus-device';
export type { ModbusDevice, ProfileDeviceOptions } from './modbus-device';
export { registersOf, sentinelOf } from './modbus-points';
export type { Point, PointType } from './modbus-points';
export { plausibleValue } from './plausible';
export { parseRecording, ReplayMeter } from './replay';
export type { Chunking, Exchange } from './replay';
export { tcpSide } from './source-tcp';
export { serialSide, sttyArguments } from './source-serial';
export { startCli } from './cli';
export type { CliWorld } from './cli';
