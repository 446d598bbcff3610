// A cable between two serial ports: a pair of pseudo terminals, made by socat.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PtyPair {
  readonly ends: readonly [string, string];
  close(): Promise<void>;
}

export async function startPtyPair(socat: string): Promise<PtyPair> {
  const folder = mkdtempSync(join(tmpdir(), 'mtx-pty-'));
  const ends = [join(folder, 'a'), join(folder, 'b')] as const;
  const child = spawn(
    socat,
    ends.map((end) => `pty,raw,echo=0,link=${end}`),
    { stdio: 'ignore' },
  );
  for (let tries = 0; !ends.every((end) => existsSync(end)); tries++) {
    if (tries > 3_000 || child.exitCode !== null) throw new Error('socat made no pair of terminals');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { ends, close: () => endOf(child).then(() => rmSync(folder, { recursive: true, force: true })) };
}

export interface Peer {
  close(): Promise<void>;
}

/** A foreign program that says "ready" when it is. */
export async function startPeer(program: string, args: readonly string[]): Promise<Peer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (/^ready$/m.test(said)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
  return { close: () => endOf(child) };
}

export function endOf(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
