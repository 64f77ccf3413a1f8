import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { lockHolder, takeLock } from '../../src/system/lock';
import { birthOf } from '../../src/system/processes';
import { temporaryFolder } from '../runs/sample';

const lockFile = (): string => path.join(temporaryFolder(), 'run', 'lock');

/** A process that waits to be killed. */
async function sleeper(): Promise<ChildProcess> {
  const child = fork('-e', ['process.send("up"); setInterval(() => {}, 1000)'], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

function writeLock(file: string, pid: number, changes: object = {}): void {
  const time = '2026-01-02T03:04:05.000Z';
  const holder = { pid, host: os.hostname(), time, birth: birthOf(pid), ...changes };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(holder));
}

describe('lock', () => {
  it('is held until it is released', () => {
    const file = lockFile();
    const release = takeLock(file, 'run x');
    expect(lockHolder(file)).toMatchObject({ pid: process.pid, host: os.hostname() });
    expect(() => takeLock(file, 'run x')).toThrow(
      /^run x is in use by this very process \(\d+\) since 20.*restart the kernel$/,
    );
    release();
    expect(lockHolder(file)).toBeUndefined();
    takeLock(file, 'run x')();
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  it('of a live process stays its own; of a dead one is taken over', async () => {
    const file = lockFile();
    const child = await sleeper();
    writeLock(file, child.pid!);
    expect(() => takeLock(file, 'run x')).toThrow(
      `run x is in use by process ${child.pid} since 2026-01-02T03:04:05.000Z: wait for it, or stop it`,
    );
    await kill(child);
    expect(lockHolder(file)).toBeUndefined();
    const release = takeLock(file, 'run x');
    expect(lockHolder(file)?.pid).toBe(process.pid);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['lock']);
    release();
  });

  it.runIf(process.platform === 'linux')(
    'of a dead process whose number another one has now is taken over',
    async () => {
      const file = lockFile();
      const child = await sleeper();
      writeLock(file, child.pid!, { birth: 'another-boot/1' });
      takeLock(file, 'run x')();
    },
  );

  it('of another machine is never taken over', () => {
    const file = lockFile();
    writeLock(file, 1, { host: 'elsewhere' });
    expect(() => takeLock(file, 'run x')).toThrow(
      /process 1 on elsewhere since .*: wait for it, or delete .*lock if that process is gone/,
    );
  });

  it.each(['', '{"pid": 1'])('without its text (%j) counts for a moment only', (text) => {
    const file = lockFile();
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, text);
    fs.utimesSync(file, new Date(), new Date(Date.now() - 60_000));
    takeLock(file, 'run x')();
    // A clock that was set back: the file is from the future.
    fs.writeFileSync(file, text);
    fs.utimesSync(file, new Date(), new Date(Date.now() + 60_000));
    takeLock(file, 'run x')();
  });

  it('is taken over although another process died while it took it over', async () => {
    const file = lockFile();
    const child = await sleeper();
    writeLock(file, child.pid!);
    writeLock(`${file}.takeover`, child.pid!);
    await kill(child);
    takeLock(file, 'run x')();
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  it('is not removed by the release of one who lost it', () => {
    const file = lockFile();
    const release = takeLock(file, 'run x');
    writeLock(file, 1, { host: 'elsewhere' });
    release();
    expect(lockHolder(file)?.host).toBe('elsewhere');
  });
});
