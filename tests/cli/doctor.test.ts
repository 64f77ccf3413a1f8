import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import { type Diagnosis, doctor } from '../../src/cli/doctor';
import { type Check, type DoctorOptions } from '../../src/system/finding';
import { temporaryFolder, writeEngine } from '../engine/fakeEngine';

const NAMES = [
  'Node',
  'packages',
  'Python',
  'compiler',
  'engine',
  'data',
  'JupyterLab',
  'browser',
  'disk',
];

let folder: string;
let lines: string[];
const examine = (options: Partial<DoctorOptions> = {}): Promise<Diagnosis> =>
  doctor({ log: (line) => void lines.push(line), ...options });
const named = ({ checks }: Diagnosis, name: string): Check =>
  checks.find((check) => check.name === name) as Check;

beforeEach(() => {
  folder = temporaryFolder();
  lines = [];
  vi.stubEnv('BN_ENGINE', undefined);
  vi.stubEnv('BN_ENGINE_DIR', path.join(folder, 'engine'));
  vi.stubEnv('BN_DATA_DIR', path.join(folder, 'data'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.doUnmock('../../src/drawing/browser');
  vi.doUnmock('../../src/engine/info');
  vi.doUnmock('../../src/course/readiness');
});

describe('doctor', () => {
  it('finds the real engine right, and runs an op in it', async () => {
    vi.stubEnv('BN_ENGINE_DIR', undefined);
    const engine = named(await examine(), 'engine');
    expect(engine.state).toBe('ok');
    expect(engine.detail).toMatch(/^TensorFlow \d+\.\d+\.\d+.*, \d+ CPU threads, .*op right$/);
  });

  it('gives each missing part its remedy', async () => {
    const diagnosis = await examine();
    expect(diagnosis.ok).toBe(false);
    expect(diagnosis.checks.map(({ name }) => name)).toEqual(NAMES);
    expect(named(diagnosis, 'engine')).toMatchObject({
      state: 'missing',
      remedy: 'npx bn-lab doctor --fix',
    });
    expect(named(diagnosis, 'data')).toMatchObject({ state: 'missing', remedy: 'npx bn-lab data' });
    expect(named(diagnosis, 'Node')).toMatchObject({ state: 'ok', detail: process.versions.node });
    expect(named(diagnosis, 'packages').state).toBe('ok');
    for (const { state, remedy } of diagnosis.checks) expect(state === 'ok' || remedy).toBeTruthy();
  });

  it('runs a notebook where it is asked about a class, which needs everything', async () => {
    vi.stubEnv('BN_ENGINE_DIR', undefined);
    vi.stubEnv('BN_HOME', path.join(folder, 'home'));
    vi.stubEnv('BN_STUDENT', 'ada');
    const diagnosis = await examine({ course: true });
    const added = ['memory', 'recorded', 'kernel', 'your folder'];
    expect(diagnosis.checks.map(({ name }) => name)).toEqual([...NAMES, ...added]);
    expect(diagnosis.ok).toBe(false); // CIFAR-10 is missing in this test
    for (const name of added) expect(named(diagnosis, name).state).toBe('ok');
    expect(named(diagnosis, 'kernel').detail).toMatch(
      /^a notebook ran in [\d.]+ s, and an exercise/,
    );
    const home = path.join(folder, 'home');
    expect(named(diagnosis, 'your folder').detail).toMatch(
      /home, \d+ notebooks .* your seed is \d{4}$/,
    );
    // In a folder `reading` where this checkout has released a course.
    const copied = readdirSync(path.join(home, 'notebooks'), { recursive: true }).map(String);
    expect(copied.map((name) => path.basename(name))).toContain('00-start.ipynb');
  }, 120_000);

  it('says which folder of a student cannot be used', async () => {
    writeFileSync(path.join(folder, 'home'), 'a file');
    vi.stubEnv('BN_HOME', path.join(folder, 'home'));
    expect(named(await examine({ course: true }), 'your folder')).toMatchObject({
      state: 'broken',
      remedy: 'set BN_HOME to a folder of your own',
    });
  }, 120_000);

  it('measures the disk of the folder where runs go', async () => {
    vi.stubEnv('BN_HOME', path.join(folder, 'not', 'there', 'yet'));
    expect(named(await examine(), 'disk').detail).toMatch(new RegExp(`GB free in ${folder}$`));
  });

  it("tells a student how to get off a full disk, which is nobody else's", async (test) => {
    const mount = ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder];
    if (spawnSync('mount', mount).status !== 0) test.skip('this process may not mount a tmpfs');
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    vi.stubEnv('BN_HOME', folder);
    vi.stubEnv('BN_SHARED', path.join(folder, 'not-mine'));
    expect(named(await examine({ course: true }), 'disk')).toMatchObject({
      state: 'broken',
      remedy: expect.stringMatching(/^make room, or set BN_HOME/) as string,
    });
  }, 120_000);

  it('prints aligned lines', async () => {
    const { checks } = await examine();
    const found = lines.filter((line) => /^(ok|missing|broken)/.test(line));
    expect(found.map((line) => line.slice(9, 21).trimEnd())).toEqual(NAMES);
    const remedies = lines.filter((line) => line.startsWith(' '.repeat(21)));
    expect(remedies).toHaveLength(checks.filter(({ remedy }) => remedy).length);
    expect(lines).toHaveLength(found.length + remedies.length);
  });

  it('survives an engine that crashes', async () => {
    await writeEngine(path.join(folder, 'engine'), { program: 'process.abort()' });
    const diagnosis = await examine();
    const engine = named(diagnosis, 'engine');
    expect(diagnosis.ok).toBe(false);
    expect(engine.state).toBe('broken');
    expect(engine.detail).toMatch(/does not run: (killed by SIGABRT|exit code)/);
  });

  it('finds a library with other content', async () => {
    await writeEngine(path.join(folder, 'engine'));
    writeFileSync(path.join(folder, 'engine/tensorflow/library'), 'A library');
    const engine = named(await examine(), 'engine');
    expect(engine.detail).toBe('changed since installed: tensorflow/library');
  });

  it('reports what a repair failed with', async () => {
    mkdirSync(path.join(folder, 'engine'));
    writeFileSync(path.join(folder, 'engine/notes.txt'), '');
    const engine = named(await examine({ fix: true }), 'engine');
    expect(engine.state).toBe('broken');
    expect(engine.detail).toContain('holds notes.txt');
  });

  it('gives one line of JSON', async () => {
    const diagnosis = await examine({ json: true });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toEqual(diagnosis);
  });

  it('loses one line to a module that does not load', async () => {
    for (const module of ['../../src/drawing/browser', '../../src/engine/info']) {
      vi.doMock(module, () => {
        throw new Error('a syntax error');
      });
    }
    const diagnosis = await examine();
    const broken = diagnosis.checks.filter(({ state }) => state === 'broken');
    expect(broken.map(({ name }) => name)).toEqual(['engine', 'browser']);
    expect(diagnosis.checks.map(({ name }) => name)).toEqual(NAMES);
  });

  it('loses one line to a course that does not load', async () => {
    vi.doMock('../../src/course/readiness', () => {
      throw new Error('a syntax error');
    });
    const diagnosis = await examine({ course: true });
    expect(diagnosis.checks.map(({ name }) => name)).toEqual([...NAMES, 'course']);
    expect(named(diagnosis, 'course').state).toBe('broken');
  });
});
