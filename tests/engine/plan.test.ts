import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { betterEngine } from '../../src/engine/install';
import {
  engineChoice,
  gpuNames,
  type Machine,
  selectRequirements,
  thisMachine,
  type WheelPlan,
  wheelPlan,
} from '../../src/engine/plan';
import { deviceReport } from '../../src/engine/report';
import { UserError } from '../../src/system/errors';
import { projectRoot } from '../../src/system/paths';
import { temporaryFolder, writeEngine } from './fakeEngine';

const machine = (platform: string, arch: string, changes: Partial<Machine> = {}): Machine => ({
  platform,
  arch,
  choice: 'auto',
  driver: false,
  ...changes,
});

describe('wheelPlan', () => {
  it.each([
    [machine('linux', 'x64'), 'tensorflow-cpu', 'manylinux_2_27_x86_64', false],
    [machine('linux', 'x64', { driver: true }), 'tensorflow', 'manylinux_2_27_x86_64', true],
    [machine('linux', 'x64', { choice: 'cuda' }), 'tensorflow', 'manylinux_2_27_x86_64', true],
    [
      machine('linux', 'x64', { driver: true, choice: 'cpu' }),
      'tensorflow-cpu',
      'manylinux_2_27_x86_64',
      false,
    ],
    [machine('linux', 'arm64', { driver: true }), 'tensorflow', 'manylinux_2_27_aarch64', false],
    [machine('darwin', 'arm64'), 'tensorflow', 'macosx_12_0_arm64', false],
  ])('%o', (given, wheel, tag, cuda) => {
    const plan = wheelPlan(given);
    expect(plan?.packages[0]).toBe(wheel);
    expect(plan?.tags[0]).toBe(tag);
    expect(plan?.cuda).toBe(cuda);
    expect(plan?.packages.some((name) => name.startsWith('nvidia-'))).toBe(cuda);
  });

  it.each([
    machine('win32', 'x64'),
    machine('darwin', 'x64'),
    machine('linux', 'x64', { choice: 'prebuilt', driver: true }),
  ])('leaves %o to the prebuilt library', (given) => {
    expect(wheelPlan(given)).toBeUndefined();
  });

  it('refuses CUDA where there is none', () => {
    expect(() => wheelPlan(machine('darwin', 'arm64', { choice: 'cuda' }))).toThrow(UserError);
  });

  it('reads BN_ENGINE', () => {
    expect(engineChoice('')).toBe('auto');
    expect(engineChoice('cuda')).toBe('cuda');
    expect(() => engineChoice('gpu')).toThrow(/BN_ENGINE=gpu: set it to cpu, cuda or prebuilt/);
  });
});

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('an NVIDIA driver', () => {
  let folder: string;
  beforeEach(async () => {
    folder = temporaryFolder();
    const tool = path.join(folder, 'nvidia-smi');
    writeFileSync(tool, '#!/bin/sh\necho NVIDIA H100 80GB HBM3\n');
    chmodSync(tool, 0o755);
    vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env.PATH}`);
    vi.stubEnv('BN_ENGINE_DIR', path.join(folder, 'engine'));
    vi.stubEnv('BN_ENGINE', undefined);
    await writeEngine(path.join(folder, 'engine'), { cuda: true });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is found, and asks for CUDA', () => {
    expect(gpuNames()).toBe('NVIDIA H100 80GB HBM3');
    expect(thisMachine()).toMatchObject({ driver: true, choice: 'auto' });
    expect(wheelPlan(thisMachine())?.cuda).toBe(true);
  });

  it('is in the report of a CUDA engine, unless the CPU is asked for', () => {
    expect(deviceReport()).toMatchObject({ cuda: true, gpu: 'NVIDIA H100 80GB HBM3' });
    vi.stubEnv('BN_ENGINE', 'cpu');
    expect(deviceReport()).toMatchObject({ cuda: false, gpu: '' });
  });

  it('makes the doctor offer a better engine', async () => {
    const cpu = await writeEngine(path.join(folder, 'engine'));
    expect(betterEngine(cpu)).toMatch(/^an NVIDIA driver answers/);
    expect(betterEngine({ ...cpu, cuda: true })).toBe('');
    expect(betterEngine({ ...cpu, source: 'prebuilt' })).toMatch(/^compiler and Python are here/);
    vi.stubEnv('BN_ENGINE', 'prebuilt');
    expect(betterEngine({ ...cpu, source: 'prebuilt' })).toBe('');
    vi.stubEnv('BN_ENGINE', 'cpu');
    expect(betterEngine(cpu)).toBe('');
  });
});

describe('selectRequirements', () => {
  const pinned = readFileSync(path.join(projectRoot, 'src/engine/tensorflow.txt'), 'utf8');
  const plans = [
    machine('linux', 'x64'),
    machine('linux', 'x64', { choice: 'cuda' }),
    machine('linux', 'arm64'),
    machine('darwin', 'arm64'),
  ].map((given) => wheelPlan(given) as WheelPlan);

  it('finds a version and a hash for every package of every plan', () => {
    for (const { packages } of plans) {
      const lines = selectRequirements(pinned, packages).trimEnd().split('\n');
      expect(lines).toHaveLength(packages.length);
      for (const line of lines) {
        expect(line).toMatch(/^[\w-]+==[\d.]+( --hash=sha256:[0-9a-f]{64})+$/);
      }
    }
  });

  it('has a hash for each platform of the tensorflow wheel', () => {
    expect(selectRequirements(pinned, ['tensorflow']).match(/--hash/g)).toHaveLength(3);
  });

  it('throws for a package that is not pinned', () => {
    expect(() => selectRequirements('a==1 --hash=sha256:00\n', ['b'])).toThrow('version of b');
  });
});
