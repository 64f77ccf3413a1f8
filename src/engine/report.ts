/** The machine and the engine in a few plain values, for run manifests and benchmarks. */
import os from 'node:os';

import { engineStatus } from './info';
import { gpuNames } from './plan';

const GIGABYTE = 2 ** 30;

/**
 * CPU, threads, memory, GPU and TensorFlow's origin. `gpu` is empty where TensorFlow uses the CPU; the thread
 * limits are those set in the environment, 0 = all cores.
 */
export function deviceReport(): Record<string, string | number | boolean> {
  const { info } = engineStatus();
  const gpu = info?.cuda && process.env.BN_ENGINE !== 'cpu' ? gpuNames() : '';
  return {
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    intraOpThreads: Number(process.env.TF_NUM_INTRAOP_THREADS ?? 0),
    interOpThreads: Number(process.env.TF_NUM_INTEROP_THREADS ?? 0),
    memoryGB: Math.round(os.totalmem() / GIGABYTE),
    gpu,
    cuda: gpu !== '',
    tensorflow: info?.tensorflow ?? 'none',
    engine: info?.source ?? 'none',
    compiler: info?.compiler ?? '',
  };
}
