// The public API of the core, spelled out by name. Nodes import this file and no other.
export {
  ERRORS,
  ReadError,
  asReadError,
  errorBecause,
  errorFacts,
  failure,
  phrase,
  type ErrorCode,
  type ErrorFacts,
  type Fact,
  type Fault,
  type Phrase,
  type Stage,
} from './wire/errors';
export { Fields } from './readers/fields';
export type { MeterReader } from './readers/meter-reader';
export { READERS } from './readers/protocols';
export { modbusJob, parseModbus, readModbusQuery, type ModbusQuery } from './readers/modbus';
export { Platform, type PlatformOptions } from './readers/platform';
export {
  PlatformModem,
  type CommandReport,
  type CommandWish,
  type MeterProperties,
  type MeterReport,
  type ReadOptions,
} from './readers/platform-modem';
export { hearUnasked, type Unasked, type UnaskedReport } from './readers/unasked';
export { checkImeiCount, isLuhnValid, parseImei } from './readers/imei';
export { modemProfile } from './readers/modem-profile';
export { decodeMoment, isTimeZone, wallText, type Moment as GivenMoment } from './meter/moment';
export {
  leaving,
  wireMs,
  type Dialogue,
  type LineMemory,
  type LineSettings,
  type Parity,
  type Step,
} from './wire/dialogue';
export { BoundedMap } from './wire/bounded-map';
export { fromHex, toHex } from './wire/bytes';
export type { Column, Reading, Readout, Row, Value } from './meter/reading';

export { systemClock, systemRandom, type Clock, type Random } from './transport/lane/clock';
export type { Line, Trace, TraceEvent } from './transport/lane/line';
export { runSession, type RunSessionOptions } from './transport/lane/session';
export { Lane } from './transport/lane/lane';
export type { LaneOptions } from './transport/lane/lane-options';
export type { UnaskedListener } from './transport/lane/unasked-bytes';
export { QUEUE_MS, type Done, type Job, type JobFigures, type JobProgress } from './transport/lane/job';
export type { Link, LinkState, Message, Qos } from './transport/mqtt/mqtt-link';
export { Broker } from './transport/mqtt/broker';
export { testConnection } from './transport/mqtt/connection-test';
export type { BrokerOptions } from './transport/mqtt/connect-options';
export { Modem, type ModemContext } from './transport/modem/modem';
export type { Diagnostics } from './transport/mqtt/diagnostics';
export { Admission } from './transport/modem/admission';
export { PlatformPresence } from './transport/modem/platform-presence';
export { Registry } from './transport/modem/registry';
export type { ModemProfile, TopicTemplates } from './transport/modem/modem-profile';
export {
  checkTemplate,
  expandTemplate,
  filterOfTemplate,
  imeiFromTopic,
  isLiteralTemplate,
} from './transport/mqtt/topics';
export { atJob } from './transport/modem/at-job';
export { broadcastCommand, type BroadcastOptions } from './transport/modem/broadcast';

export { FleetRegistry, type FleetContext, type FleetSettings } from './fleet/presence/fleet-registry';
export { FleetWatch, type WatchOptions } from './fleet/presence/watch';
export { placeFrom, type FleetStore } from './fleet/presence/fleet-store';
export { EVENT_NAMES, type FactChange, type EventName, type FleetEvent } from './fleet/presence/events';
export { parseFilter, WHOLE_FLEET, type FleetFilter } from './fleet/presence/filter';
export { inSlices } from './fleet/presence/in-slices';
export type { FleetPage } from './fleet/presence/listing';
export { parseMapping, StatusReader, type Status, type StatusMapping } from './fleet/presence/status';
export { ALARMS, MODEM_STATES, type AlarmName, type ModemState, type ModemPlace } from './fleet/presence/record';
export type { FleetCounts } from './fleet/presence/tally';
export type { ModemDetail, ModemView } from './fleet/presence/view';
export type { CoverageHistory } from './fleet/presence/history';
export type { SerialSide } from './fleet/presence/serial-side';

export { type AtReply } from './at/at';
export { dangerOf, isRestart } from './at/danger';
export { decodeValues, signalOf } from './at/values';

export { readIec62056 } from './iec62056/read';
export type { Iec62056Options } from './iec62056/options';

export { readIec870 } from './iec870/read';
export type { Iec870Options, Iec870Request } from './iec870/options';
export type { Prediction } from './iec870/predict';
export { iecJob, iecMeterOf, iecPushOf, parseIec, planIec, predictIec, type IecQuery } from './readers/iec';

export { readModbus, itemsOf, type ModbusReadOptions } from './modbus/read';
export { readSunSpec } from './modbus/read-sunspec';
export { probeUnit, readIdentity, type Identity } from './modbus/reading/identity';
export { lineCost } from './modbus/reading/cost';
export { planReads, type Plan } from './modbus/reading/plan';
export { findProfile, profileNames, type Profile } from './modbus/registers/profiles';
export { parseRegisters, type Register } from './modbus/registers/registers';

export { septetsOf, smsFault } from './fleet/sms/sms-alphabet';
export { normalNumber, numberReadings } from './fleet/sms/sms-number';
export {
  gatewayCommand,
  parseAliases,
  parseSmsText,
  smsOfAlias,
  smsOfCommand,
  type Aliases,
  type SmsText,
} from './fleet/sms/sms-text';
export { parsePhoneLines, PhoneBook, validPhonesOf, type PhoneEntry } from './fleet/sms/sms-book';
export { HourLimit } from './fleet/sms/sms-limit';
export type { InboundSms, SmsAnswer, SmsMatch } from './fleet/sms/sms-exchange';
export {
  parseSenders,
  SmsDispatch,
  type Carry,
  type OutgoingSms,
  type SmsOutcome,
  type SmsRequest,
} from './fleet/sms/sms-dispatch';
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
} from './fleet/sms/sms-fallback';
export {
  ACTIONS,
  actionContent,
  REBOOT_COMMANDS,
  USUAL_WISH,
  type ActionContent,
  type ActionName,
  type ActionOverride,
  type ActionWish,
} from './fleet/config/actions';
export { restoreOrder, work, type WorkHost } from './fleet/rollout/modem-work';
export type { WorkOrder } from './fleet/rollout/work-order';
export { type KeyStore, KeptRollout } from './fleet/rollout/kept-rollout';
export { orderFor, type ConfigRequest, type Wanted } from './fleet/rollout/request';
export type { FleetPorts } from './fleet/rollout/fleet-ports';
export type { RolloutPorts } from './fleet/rollout/rollout-ports';
export { Rollouts, unknownRollout } from './fleet/rollout/rollouts';
export { type Running, type SummaryTold, type TargetTold, type Told } from './fleet/rollout/told';
export { auditLine, auditRecord, type AuditEvent, type AuditRecord, type AuditWho } from './fleet/rollout/audit';
export { broadcastWork, checkShared } from './fleet/rollout/broadcast-work';
export { laneChannel, Signs, type ModemChannel } from './fleet/rollout/channel';
export { Journal, type JournalFile } from './fleet/journal/journal';
export { commandModem, type CommandHost } from './fleet/commands/command-modem';
export { commandFleet, countsOf, type CommandFleetHost, type CommandResults } from './fleet/commands/command-fleet';
export { keptFleet, keptModem } from './fleet/commands/kept-order';
export { interruptedOrders, type InterruptedOrder } from './fleet/commands/command-notes';
export type { CommandAnswer, CommandOrder } from './fleet/commands/command-order';
export { checkConfig, type Finding } from './fleet/config/config-check';
export {
  DEFAULT_CONFIG_OPTIONS,
  generateConfig,
  modemBrokerUrl,
  type ConfigNote,
  type ConfigOptions,
} from './fleet/config/config-generate';
export { fleetWork, type FleetPlace } from './fleet/rollout/fleet-work';
export { formatConfigText, parseConfigText, type ConfigText } from './fleet/config/config-text';
export {
  desiredOf,
  variablesIn,
  driftOf,
  isSameForAll,
  type Desired,
  type Drift,
  type Template,
} from './fleet/config/desired';
export {
  whyOf,
  type ParameterChange,
  type WorkJournal,
  type WorkOutcome,
  type WorkResult,
} from './fleet/rollout/outcome';
export {
  faultOf,
  isParameterName,
  masked,
  parameterOf,
  parameterRows,
  shownValue,
  type Parameter,
} from './fleet/config/parameters';
export { createRollout, stepRollout, type TargetWish } from './fleet/rollout/rollout';
export { rollbackTexts } from './fleet/rollout/rollback-texts';
export {
  RolloutRun,
  type RolloutHost,
  type RolloutStore,
  type StoredRollout,
  type TargetWork,
} from './fleet/rollout/rollout-run';
export {
  FINAL_STATES,
  GOOD_STATES,
  type FinalState,
  type RolloutEvent,
  type RolloutHead,
  type RolloutPlan,
  type RolloutProgress,
  type RolloutTarget,
  type TargetState,
} from './fleet/rollout/rollout-state';
export { dlmsSession, readDlms, type DlmsOptions } from './dlms/read';
export type { DlmsCredentials } from './dlms/security/options';
export type { CounterStore } from './dlms/security/counter';
export type { ObjectCache } from './dlms/reading/object-list';
export type { DlmsRequest, WantedAttribute } from './dlms/reading/requests';
export { obisOctets } from './meter/obis';
export { PushStream as DlmsPushStream } from './dlms/push/push-stream';
export { associationKey, dlmsJob, dlmsTalk, objectCache, type DlmsPlace } from './readers/dlms';
export type { DlmsTalk } from './readers/dlms-talk';
export { KeptTalks } from './transport/lane/kept-talk';
export { TelegramListener, type PushedReadout } from './readers/listening';
export { dlmsPushOf } from './readers/dlms-push';
export { dlmsMeterOf, parseDlms, type DlmsQuery } from './readers/dlms-query';
export { DLMS_SECRETS } from './readers/dlms-secrets';
export { InvocationCounters, type CounterStorage } from './readers/invocation-counters';
export { openModeE, type ModeE } from './iec62056/mode-e';
