/** The store with real processes: killed, waiting for each other, all at once. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { readRun } from '../../src/runs/store';
import { lockHolder } from '../../src/system/lock';
import { compileSources, outcomeOf, runScript } from './compiled';
import { sampleConfig, temporaryFolder } from './sample';

const compiled = fs.mkdtempSync(path.join(os.tmpdir(), 'bn-lab-compiled-'));
beforeAll(() => compileSources(compiled, ['runs/', 'system/', 'config/hash']));
afterAll(() => fs.rmSync(compiled, { recursive: true, force: true }));

const config = sampleConfig({ steps: 400 });
const maxKills = 6;

/**
 * "Trains": the state at each step follows from the one before, so that a wrong resume shows at the end. A
 * millisecond a step makes it as long on a fast machine; with DOOMED it never gets to its end by itself.
 */
const trainer = `
  const { openRun } = require('./runs/writer');
  const config = ${JSON.stringify(config)};
  const writer = openRun(config, { facts: { versions: {}, device: {} } });
  writer.table('steps', ['step', 'loss']);
  writer.table('evals', ['step', 'a', 'b']);
  let step = writer.resume ? writer.resume.step : 0;
  const state = writer.resume ? writer.resume.tensors[0].values : Float32Array.of(0.5, 0.25);
  console.log('at ' + step);
  const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  for (; step < config.steps; step++) {
    wait(1);
    state[0] = 3.7 * state[0] * (1 - state[0]);
    state[1] += state[0];
    writer.append('steps', [step, state[0]]);
    if (step % 5 === 0) writer.append('evals', [step, state[1], step % 15 ? NaN : -Infinity]);
    if (step % 7 === 6) {
      const tensors = [{ name: 's', shape: [2], dtype: 'float32', values: state }];
      writer.checkpoint(step + 1, tensors);
    }
  }
  if (process.env.DOOMED) wait(Infinity);
  writer.finish('done');
`;

const tablesOf = (root: string): string[] =>
  ['steps', 'evals'].map((name) =>
    fs.readFileSync(path.join(root, runId(config), `${name}.csv`), 'utf8'),
  );

describe('a run that is killed again and again', () => {
  it('ends with the same bytes as one that is not', async () => {
    const [whole, broken] = [temporaryFolder(), temporaryFolder()];
    expect(await outcomeOf(runScript(compiled, trainer, { BN_RUNS_DIR: whole }))).toMatchObject({
      code: 0,
      stdout: 'at 0\n',
      stderr: '',
    });
    let kills = 0;
    const starts: number[] = [];
    for (let ended = false; !ended;) {
      // The first cannot end before it is killed, however long this process is kept from its timer.
      const DOOMED = kills === 0 ? 'yes' : '';
      const child = runScript(compiled, trainer, { BN_RUNS_DIR: broken, DOOMED });
      const outcome = outcomeOf(child);
      if (kills < maxKills) {
        const patience = 20 + 130 * Math.random();
        child.stdout!.once('data', () => setTimeout(() => child.kill('SIGKILL'), patience));
      }
      const { code, signal, stdout, stderr } = await outcome;
      expect(stderr).toBe('');
      starts.push(Number(stdout.replace('at ', '')));
      ended = code === 0;
      if (signal === 'SIGKILL') {
        kills++;
        const run = readRun(runId(config), { root: broken });
        expect(['interrupted', 'done']).toContain(run?.manifest.status);
        if (run?.manifest.status === 'done') ended = true;
      }
    }
    expect(kills).toBeGreaterThan(0);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(tablesOf(broken)).toEqual(tablesOf(whole));
    const run = readRun(runId(config), { root: broken })!;
    expect(run.manifest).toMatchObject({ status: 'done', step: 400 });
    expect(run.manifest.checksums).toEqual(
      readRun(runId(config), { root: whole })!.manifest.checksums,
    );
  });
});

describe('a run that another process is at', () => {
  it('is refused with that process named, and free once it is gone', async () => {
    const root = temporaryFolder();
    const holder = runScript(
      compiled,
      `const { openRun } = require('./runs/writer');
       openRun(${JSON.stringify(config)}, { facts: { versions: {}, device: {} } });
       console.log('open');
       setInterval(() => {}, 1000);`,
      { BN_RUNS_DIR: root },
    );
    const held = outcomeOf(holder);
    await new Promise((resolve) => holder.stdout!.once('data', resolve));
    const second = await outcomeOf(runScript(compiled, trainer, { BN_RUNS_DIR: root }));
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(
      `UserError: run ${runId(config)} is in use by process ${holder.pid} since 20`,
    );
    expect(readRun(runId(config), { root })!.manifest.status).toBe('running');
    holder.kill('SIGKILL');
    await held;
    expect(readRun(runId(config), { root })!.manifest.status).toBe('interrupted');
    const third = await outcomeOf(runScript(compiled, trainer, { BN_RUNS_DIR: root }));
    expect(third).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a folder of somebody else', () => {
  it.runIf(process.getuid?.() === 0)('is refused in one line', async () => {
    const root = temporaryFolder();
    fs.chmodSync(root, 0o755);
    const asNobody = `require('./runs/writer'); process.setuid(65534); ${trainer}`;
    const { code, stderr } = await outcomeOf(runScript(compiled, asNobody, { BN_RUNS_DIR: root }));
    expect(code).toBe(1);
    expect(stderr).toContain(`UserError: cannot lock ${root}`);
    expect(stderr).toContain('no permission; choose a folder you may write to');
    expect(fs.readdirSync(root)).toEqual([]);
  });
});

describe('a dead lock that many processes find', () => {
  it('goes to one after the other, never to two', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'lock');
    const dead = runScript(compiled, '');
    await outcomeOf(dead);
    const host = os.hostname();
    fs.writeFileSync(file, JSON.stringify({ pid: dead.pid, host, time: 'x', birth: '' }));
    const contender = `
      const fs = require('node:fs');
      const { takeLock } = require('./system/lock');
      let turns = 0;
      while (turns < 5) {
        let release;
        try { release = takeLock(process.env.LOCK, 'it'); } catch (error) {
          if (!/in use by process/.test(error.message)) throw error;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
          continue;
        }
        fs.closeSync(fs.openSync(process.env.LOCK + '.inside', 'wx')); // fails where another is inside
        fs.unlinkSync(process.env.LOCK + '.inside');
        turns++;
        // Now and then one dies and leaves its lock.
        if (turns === 3 && process.env.MORTAL) process.kill(process.pid, 'SIGKILL');
        release();
      }`;
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        outcomeOf(runScript(compiled, contender, { LOCK: file, MORTAL: i % 2 ? 'yes' : '' })),
      ),
    );
    expect(outcomes.map(({ stderr }) => stderr)).toEqual(Array(4).fill(''));
    expect(outcomes.map(({ code }) => code)).toEqual([0, null, 0, null]);
    expect(lockHolder(file)).toBeUndefined();
  });
});
