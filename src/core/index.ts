// The public API of the core, spelled out by name. Nodes import this file and no other.
export { ERRORS, ReadError, asReadError, type ErrorCode, type Fault, type Stage } from './wire/errors';
export {
  leaving,
  wireMs,
  type Dialogue,
  type LineMemory,
  type LineSettings,
  type Parity,
  type Step,
} from './wire/dialogue';
export { fromHex, toHex } from './wire/bytes';
export type { Column, Reading, Readout, Row, Value } from './reading';

export { systemClock, systemRandom, type Clock, type Random } from './transport/clock';
export type { Line, Trace, TraceEvent } from './transport/line';
export { runSession, type SessionOptions } from './transport/session';
export { Lane } from './transport/lane';
export type { LaneOptions } from './transport/lane-options';
export type { Ear } from './transport/ears';
export type { Done, Job, LinkFigures, Progress } from './transport/job';
export type { Link, LinkState, Message, Qos } from './transport/link';
export { Broker, testConnection } from './transport/broker';
export type { BrokerOptions } from './transport/connect-options';
export { Modem, type ModemContext } from './transport/modem';
export type { Diagnostics } from './transport/diagnostics';
export { Registry } from './transport/registry';
export type { ModemProfile, TopicTemplates } from './transport/profile';
export { checkTemplate, expandTemplate, filterOfTemplate, imeiFromTopic, isLiteralTemplate } from './transport/topics';
export { broadcastCommand, type BroadcastOptions } from './transport/broadcast';

export { FleetRegistry, type FleetContext, type FleetSettings } from './fleet/fleet-registry';
export { FleetWatch, type WatchOptions } from './fleet/watch';
export { placeFrom, type FleetStore } from './fleet/fleet-store';
export { EVENT_NAMES, type Change, type EventName, type FleetEvent } from './fleet/events';
export { parseFilter, WHOLE_FLEET, type FleetFilter } from './fleet/filter';
export { parseMapping, StatusReader, type Status, type StatusMapping } from './fleet/status';
export { ALARMS, MODEM_STATES, type AlarmName, type ModemState, type Place } from './fleet/record';
export type { FleetCounts } from './fleet/tally';
export type { ModemDetail, ModemView } from './fleet/view';
export type { CoverageHistory } from './fleet/history';
export type { LineFacts } from './fleet/line-facts';

export { type AtReply } from './at/at';
export { sendCommand, type CommandOptions } from './at/command';
export { dangerOf } from './at/danger';
export { decodeValues, signalOf } from './at/values';

export { readIec62056 } from './iec62056/read';
export { checkOptions as checkIec62056, type Iec62056Options } from './iec62056/options';
export { PushStream } from './iec62056/push';
export { pickReadings } from './iec62056/readings';

export { readIec870 } from './iec870/read';
export { REQUESTS as IEC870_REQUESTS, type Iec870Options, type Iec870Request } from './iec870/options';
export { predict as predictIec870, type Prediction } from './iec870/predict';

export { readModbus, itemsOf, type ModbusReadOptions } from './modbus/read';
export { readSunSpec } from './modbus/read-sunspec';
export { probeUnit, readIdentity, type Identity } from './modbus/identity';
export { lineCost } from './modbus/cost';
export { planReads, type Plan } from './modbus/plan';
export { findProfile, profileNames, type Profile } from './modbus/profiles';
export { parseRegisters, type Register } from './modbus/registers';

export { septetsOf, smsFault } from './fleet/sms-alphabet';
export { normalNumber, numberReadings } from './fleet/sms-number';
export {
  gatewayCommand,
  parseAliases,
  parseSmsText,
  smsOfAlias,
  smsOfCommand,
  type Aliases,
  type SmsText,
} from './fleet/sms-text';
export { parsePhoneLines, PhoneBook, validPhonesOf, type PhoneEntry } from './fleet/sms-book';
export { HourLimit } from './fleet/sms-limit';
export type { InboundSms, SmsAnswer, SmsMatch } from './fleet/sms-exchange';
export {
  parseSenders,
  SmsDispatch,
  type Carry,
  type OutgoingSms,
  type SmsOutcome,
  type SmsRequest,
} from './fleet/sms-dispatch';
export {
  commandBySms,
  commandWithFallback,
  isRepeatable,
  rollbackBySms,
  whyNotBySms,
  type CommandOutcome,
  type FallbackState,
  type Rollback,
  type RollbackStep,
} from './fleet/sms-fallback';
export {
  ACTIONS,
  actionContent,
  REBOOT_COMMANDS,
  USUAL_WISH,
  type ActionContent,
  type ActionName,
  type ActionOverride,
  type ActionWish,
} from './fleet/actions';
export { restoreOrder, work, type WorkHost } from './fleet/apply';
export type { WorkOrder } from './fleet/work-order';
export { auditLine, auditRecord, type AuditEvent, type AuditRecord, type AuditWho } from './fleet/audit';
export { broadcastWork } from './fleet/broadcast-work';
export { laneChannel, Signs, type ModemChannel } from './fleet/channel';
export { checkConfig, type Finding } from './fleet/config-check';
export {
  DEFAULT_CONFIG_OPTIONS,
  generateConfig,
  modemBrokerUrl,
  type ConfigNote,
  type ConfigOptions,
} from './fleet/config-generate';
export { fleetWork, type FleetPlace } from './fleet/fleet-work';
export { formatConfigText, parseConfigText, type ConfigText } from './fleet/config-text';
export {
  desiredOf,
  variablesIn,
  driftOf,
  isSameForAll,
  type Desired,
  type Drift,
  type Template,
} from './fleet/desired';
export type { Change as ParameterChange, Journal, Outcome, Result } from './fleet/outcome';
export {
  faultOf,
  isParameterName,
  masked,
  parameterOf,
  parameterRows,
  shownValue,
  type Parameter,
} from './fleet/parameters';
export { createRollout, stepRollout, type TargetWish } from './fleet/rollout';
export { rollbackTexts } from './fleet/rollback-texts';
export {
  RolloutRun,
  type RolloutHost,
  type RolloutStore,
  type StoredRollout,
  type TargetWork,
} from './fleet/rollout-run';
export {
  FINAL_STATES,
  GOOD_STATES,
  type FinalState,
  type RolloutEvent,
  type RolloutHead,
  type RolloutPlan,
  type RolloutProgress,
  type Target,
  type TargetState,
} from './fleet/rollout-state';
export { dlmsSession, readDlms, type DlmsOptions } from './dlms/read';
export type { DlmsCredentials } from './dlms/options';
export type { CounterStore } from './dlms/counter';
export type { ObjectCache } from './dlms/object-list';
export type { DlmsRequest, Moment, WantedAttribute } from './dlms/requests';
export { parseObis } from './dlms/obis';
export { PushStream as DlmsPushStream } from './dlms/push-stream';
export { openModeE, type ModeE } from './iec62056/mode-e';
