// `mtx-sim`: from words to running modems, one printed line for each, and events when asked for.
import type { Clock } from '../../core/transport/lane/clock';
import { toHex } from '../../core/wire/bytes';
import type { ModemEvent } from '../modem/body';
import type { SerialSide } from '../serial/bus';
import { HELP, parseCli, type CliOptions } from './cli-options';
import { fasterClock } from '../ground/faster-clock';
import { fleetSpecs } from '../world/fleet';
import { simulatedModem } from '../world/modem';
import type { ModemCore } from '../modem/modem-core';
import { seededRandom, seedOf } from '../ground/random';
import { ReplayMeter } from '../sources/replay';
import { serialSide } from '../sources/source-serial';
import { tcpSide } from '../sources/source-tcp';

export interface CliWorld {
  readonly clock: Clock;
  print(line: string): void;
  printError(line: string): void;
}

/** The modems that run now; none after --help (`exitCode` 0) or a mistake in the words (2). */
export function startCli(
  args: readonly string[],
  world: CliWorld,
): { readonly modems: readonly ModemCore[]; readonly exitCode: number | undefined } {
  try {
    const options = parseCli(args);
    if (options) return { modems: startModems(options, world), exitCode: undefined };
    world.print(HELP);
    return { modems: [], exitCode: 0 };
  } catch (thrown) {
    world.printError(`mtx-sim: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    world.printError('mtx-sim --help lists what can be said');
    return { modems: [], exitCode: 2 };
  }
}

function startModems(options: CliOptions, world: CliWorld): readonly ModemCore[] {
  const clock = options.timeFactor === 1 ? world.clock : fasterClock(world.clock, options.timeFactor);
  const { recording, source } = options;
  const specs = fleetSpecs(
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

function sideOf(source: NonNullable<CliOptions['source']>, onTrouble: (text: string) => void): SerialSide {
  return source.kind === 'tcp' ? tcpSide(source.host, source.port, onTrouble) : serialSide(source.path, onTrouble);
}

function eventLine(event: ModemEvent, at: Date): string {
  const bytes = event.bytes ? ` ${toHex(event.bytes.subarray(0, 64))}${event.bytes.length > 64 ? '...' : ''}` : '';
  return `${at.toISOString()} ${event.imei} ${event.kind} ${event.text}${bytes}`;
}
