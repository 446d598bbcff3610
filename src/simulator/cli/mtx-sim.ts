#!/usr/bin/env node
// The program: words from the command line, time from the system, an orderly end on Ctrl-C.
import { systemClock } from '../../core/transport/lane/clock';
import { startCli } from './cli';

const { modems, servers, exitCode } = startCli(process.argv.slice(2), {
  clock: systemClock,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
});
if (exitCode !== undefined) process.exitCode = exitCode;
const served = servers.catch(() => {
  process.exitCode = 1;
  return [];
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const modem of modems) modem.stop();
    void served.then((running) => running.forEach((server) => server.stop()));
  });
}
