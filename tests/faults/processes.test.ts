/** Two `bn-lab` at the same runs share them out and wait for each other; what a dead one left is taken over. */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { listRuns } from '../../src/runs/store';
import { outcomeOf } from '../runs/compiled';
import { only, temporaryFolder } from '../runs/sample';
import { type Checkout, makeCheckout } from './checkout';

let checkout: Checkout;
beforeAll(() => void (checkout = makeCheckout()));
afterAll(() => checkout.remove());

const start = (store: string): ChildProcess => {
  const out = path.join(store, '..', 'figures');
  const child = checkout.start(['figure', '10', '--preset', 'smoke', '--out', out], { store });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

/** A process that was halted in the middle of a run, with its outcome to be and the number of that run. */
async function halted(store: string) {
  const child = start(store);
  const outcome = outcomeOf(child);
  const first = await new Promise<string>((resolve) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      const line = /run (\d) of 2: .*step \d+ of/.exec(chunk.toString());
      if (line) resolve(line[1]!);
    });
  });
  child.kill('SIGSTOP');
  return { child, outcome, first };
}

const statuses = (store: string): string[] =>
  listRuns(only(store)).map(({ manifest }) => manifest!.status);

describe.skipIf(process.platform === 'win32')('a run that a process is at', () => {
  it('is its own: another one takes what is left, says whom it waits for, and both end well', async () => {
    const store = path.join(temporaryFolder(), 'runs');
    const { child, outcome, first } = await halted(store);
    const second = start(store);
    const secondOutcome = outcomeOf(second);
    const waiting = new Promise<string>((resolve) => {
      second.stderr!.on('data', (chunk: Buffer) => {
        const line = /waiting for run .*/.exec(chunk.toString());
        if (line) resolve(line[0]);
      });
    });
    expect(await waiting).toMatch(/^waiting for run linear\S+, which process \d+ is training$/);
    expect(await waiting).toContain(`process ${child.pid} `);
    expect(statuses(store).sort()).toEqual(['done', 'running']);
    child.kill('SIGCONT');
    expect(await outcome).toMatchObject({ code: 0 });
    const { code, stderr } = await secondOutcome;
    expect(code).toBe(0);
    expect(statuses(store)).toEqual(['done', 'done']);
    // No run was trained twice: the second process took no step of the first one's run (it does say that that ended).
    const trained = [...stderr.matchAll(/run (\d) of 2: .*step (?!30 )\d+ of/g)].map(
      ([, run]) => run,
    );
    expect(trained).not.toContain(first);
    expect(trained.length).toBeGreaterThan(0);
  });

  it('is taken over from one that died, with no lock left', async () => {
    const store = path.join(temporaryFolder(), 'runs');
    const { child, outcome } = await halted(store);
    child.kill('SIGKILL');
    expect(await outcome).toMatchObject({ signal: 'SIGKILL' });
    expect(statuses(store)).toContain('interrupted');
    expect(await outcomeOf(start(store))).toMatchObject({ code: 0 });
    expect(statuses(store)).toEqual(['done', 'done']);
    const left = fs.readdirSync(store, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });
});
