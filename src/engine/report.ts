/** The machine and the engine in a few plain values, for run manifests and benchmarks. */
import { readFileSync } from 'node:fs';
import os from 'node:os';

import { engineStatus } from './info';
import { gpuNames } from './plan';

const GIGABYTE = 2 ** 30;

const instructionSets = [
  ['avx512f', 'AVX-512'],
  ['avx2', 'AVX2'],
  ['avx', 'AVX'],
  ['asimd', 'NEON'],
] as const;

/**
 * The widest vector instructions of this processor: with others TensorFlow rounds otherwise, so that runs agree in their
 * statistics but not in their bytes. 'unknown' where the system has no /proc/cpuinfo.
 */
function instructionSet(): string {
  try {
    const flags = new Set(readFileSync('/proc/cpuinfo', 'utf8').split(/\s+/));
    return instructionSets.find(([flag]) => flags.has(flag))?.[1] ?? 'none';
  } catch {
    return 'unknown';
  }
}

/** Platform, Node, CPU and memory. */
export const machineReport = (): Record<string, string | number> => ({
  platform: `${process.platform}-${process.arch}`,
  node: process.versions.node,
  cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
  instructions: instructionSet(),
  cores: os.availableParallelism(),
  memoryGB: Math.round(os.totalmem() / GIGABYTE),
});

/**
 * The machine, threads, GPU and TensorFlow's origin. `gpu` is empty where TensorFlow uses the CPU; the thread
 * limits are those set in the environment, 0 = all cores. `engineProblem` says why the engine's state cannot be told.
 */
export function deviceReport(): Record<string, string | number | boolean> {
  const { info, ready, detail } = engineStatus();
  const gpu = info?.cuda && process.env.BN_ENGINE !== 'cpu' ? gpuNames() : '';
  return {
    ...machineReport(),
    intraOpThreads: Number(process.env.TF_NUM_INTRAOP_THREADS ?? 0),
    interOpThreads: Number(process.env.TF_NUM_INTEROP_THREADS ?? 0),
    gpu,
    cuda: gpu !== '',
    tensorflow: info?.tensorflow ?? 'none',
    engine: info?.source ?? 'none',
    compiler: info?.compiler ?? '',
    // Why the rest may be incomplete.
    ...(ready ? {} : { engineProblem: detail }),
  };
}
