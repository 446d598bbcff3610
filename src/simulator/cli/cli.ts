// `mtx-sim`: from words to running modems, one printed line for each, and events when asked for.
import type { Clock } from '../../core/transport/lane/clock';
import { toHex } from '../../core/wire/bytes';
import type { ModemEvent, ModemSpec } from '../modem/body';
import type { SerialSide } from '../serial/bus';
import { HELP } from './cli-help';
import { parseCli, type CliOptions } from './cli-options';
import type { TcpPlace } from './cli-values';
import { fasterClock } from '../ground/faster-clock';
import { fleetSpecs } from '../world/fleet';
import { simulatedModem } from '../world/modem';
import type { ModemCore } from '../modem/modem-core';
import { seededRandom, seedOf } from '../ground/random';
import { ReplayMeter } from '../sources/replay';
import { listenTcp, type MeterServer } from '../sources/listen-tcp';
import { serialSide } from '../sources/source-serial';
import { tcpSide } from '../sources/source-tcp';

export interface CliWorld {
  readonly clock: Clock;
  print(line: string): void;
  printError(line: string): void;
}

export interface Started {
  readonly modems: readonly ModemCore[];
  /** Buses that serve foreign clients; rejects where a port cannot be had, which was printed. */
  readonly servers: Promise<readonly MeterServer[]>;
  /** Nothing runs: after --help 0, after a mistake in the words 2. */
  readonly exitCode: number | undefined;
}

/** What the words ask for, running. */
export function startCli(args: readonly string[], world: CliWorld): Started {
  const none = { modems: [], servers: Promise.resolve([]) };
  try {
    const options = parseCli(args);
    if (options?.listen) return { ...none, servers: serveMeters(options, options.listen, world), exitCode: undefined };
    if (options) return { ...none, modems: startModems(options, world), exitCode: undefined };
    world.print(HELP);
    return { ...none, exitCode: 0 };
  } catch (thrown) {
    world.printError(`mtx-sim: ${messageOf(thrown)}`);
    world.printError('mtx-sim --help lists what can be said');
    return { ...none, exitCode: 2 };
  }
}

function serveMeters(options: CliOptions, { host, port }: TcpPlace, world: CliWorld): Started['servers'] {
  const { kindNames, recording, meterLine } = options;
  const specs = specsOf(options, clockOf(options, world), world);
  const opening = specs.map(async ({ side }, i) => {
    side.setLine(meterLine); // TCP has no speed: clients hear the meters as they are set
    const server = await listenTcp(side, host, port === 0 ? 0 : port + i);
    world.print(`tcp://${host}:${server.port} serves ${recording ? 'a recording' : kindNames[i % kindNames.length]}`);
    return server;
  });
  return allOrNone(opening, world);
}

async function allOrNone(opening: readonly Promise<MeterServer>[], world: CliWorld): Promise<readonly MeterServer[]> {
  const opened = await Promise.allSettled(opening);
  const servers = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const refused = opened.find((each) => each.status === 'rejected');
  if (!refused) return servers;
  for (const server of servers) server.stop();
  world.printError(`mtx-sim: --listen: ${messageOf(refused.reason)}`);
  throw refused.reason;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function clockOf({ timeFactor }: CliOptions, { clock }: CliWorld): Clock {
  return timeFactor === 1 ? clock : fasterClock(clock, timeFactor);
}

function startModems(options: CliOptions, world: CliWorld): readonly ModemCore[] {
  const clock = clockOf(options, world);
  const specs = specsOf(options, clock, world);
  const { protocolVersion, isServerChecked, ca, cert, key, faults } = options;
  const mqtt = {
    protocolVersion,
    isServerChecked,
    toModem: faults.toModem,
    fromModem: faults.fromModem,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  return specs.map((spec) => {
    const modem = simulatedModem(
      spec,
      { ...mqtt, onTrouble: (imei, text) => world.printError(`${imei} ${text}`) },
      clock,
      seededRandom(seedOf(options.seed, spec.imei)),
    );
    const { heard, spoken } = modem.body.serialTopics;
    world.print(`${spec.imei} hears ${heard}, speaks on ${spoken}, AT on ${modem.body.atTopics.join(' ')}`);
    modem.start();
    return modem;
  });
}

function specsOf(options: CliOptions, clock: Clock, world: CliWorld): readonly ModemSpec[] {
  const { recording, source } = options;
  return fleetSpecs(
    {
      count: options.modems,
      firstImei: options.firstImei,
      seed: options.seed,
      kinds: options.kinds,
      profiles: options.profiles,
      addresses: options.units,
      password: options.meterPassword,
      framing: options.framing,
      meterLine: options.meterLine,
      faults: options.faults.meter,
      config: options.config,
      choices: options.choices,
      bus: options.bus,
      isLocked: options.isLocked,
      ...(source && { side: () => sideOf(source, (text) => world.printError(text)) }),
      ...(recording && {
        meters: () => [new ReplayMeter(recording, options.meterLine, { answerMs: 50, chunking: options.chunking })],
      }),
      onEvent: (event) => {
        if (options.isVerbose) world.print(eventLine(event, clock.date()));
      },
    },
    clock,
  );
}

function sideOf(source: NonNullable<CliOptions['source']>, onTrouble: (text: string) => void): SerialSide {
  return source.kind === 'tcp' ? tcpSide(source.host, source.port, onTrouble) : serialSide(source.path, onTrouble);
}

function eventLine(event: ModemEvent, at: Date): string {
  const bytes = event.bytes ? ` ${toHex(event.bytes.subarray(0, 64))}${event.bytes.length > 64 ? '...' : ''}` : '';
  return `${at.toISOString()} ${event.imei} ${event.kind} ${event.text}${bytes}`;
}
