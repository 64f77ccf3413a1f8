/** Which TensorFlow a machine gets: packages, file names and what it costs, decided from plain facts. */
import { existsSync } from 'node:fs';

import { ask } from '../system/command';
import { UserError } from '../system/errors';

/** BN_ENGINE: which engine is asked for; `auto` takes CUDA where an NVIDIA driver answers. */
export type EngineChoice = 'auto' | 'cpu' | 'cuda' | 'prebuilt';

export interface Machine {
  platform: string;
  arch: string;
  choice: EngineChoice;
  /** Whether an NVIDIA driver answers. */
  driver: boolean;
}

/** A TensorFlow that comes as a Python wheel. */
export interface WheelPlan {
  cuda: boolean;
  /** Names in tensorflow.txt. */
  packages: string[];
  /** pip's names of the platform. */
  tags: string[];
  /** The two libraries inside the wheel's tensorflow/ folder that the binding links to. */
  libraries: string[];
  downloadMegabytes: number;
  /** Free disk space needed while installing. */
  diskMegabytes: number;
}

const LINUX_LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const CPU_PLANS: Record<string, WheelPlan> = {
  'linux-x64': {
    cuda: false,
    packages: ['tensorflow-cpu'],
    tags: ['manylinux_2_27_x86_64'],
    libraries: LINUX_LIBRARIES,
    downloadMegabytes: 274,
    diskMegabytes: 2000,
  },
  'linux-arm64': {
    cuda: false,
    packages: ['tensorflow'],
    tags: ['manylinux_2_27_aarch64'],
    libraries: LINUX_LIBRARIES,
    downloadMegabytes: 282,
    diskMegabytes: 2000,
  },
  'darwin-arm64': {
    cuda: false,
    packages: ['tensorflow'],
    tags: ['macosx_12_0_arm64'],
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
    downloadMegabytes: 223,
    diskMegabytes: 2000,
  },
};

/** Of the wheel's extra "and-cuda" all but cuRAND, which TensorFlow does not open. */
const CUDA_PLAN: WheelPlan = {
  cuda: true,
  packages: [
    'tensorflow',
    'nvidia-cublas-cu12',
    'nvidia-cuda-cupti-cu12',
    'nvidia-cuda-nvcc-cu12',
    'nvidia-cuda-nvrtc-cu12',
    'nvidia-cuda-runtime-cu12',
    'nvidia-cudnn-cu12',
    'nvidia-cufft-cu12',
    'nvidia-cusolver-cu12',
    'nvidia-cusparse-cu12',
    'nvidia-nccl-cu12',
    'nvidia-nvjitlink-cu12',
  ],
  tags: ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
  libraries: LINUX_LIBRARIES,
  downloadMegabytes: 2460,
  diskMegabytes: 7000,
};

/** The value of BN_ENGINE. Throws UserError for an unknown one. */
export function engineChoice(value = process.env.BN_ENGINE): EngineChoice {
  const choice = value || 'auto';
  if (choice === 'auto' || choice === 'cpu' || choice === 'cuda' || choice === 'prebuilt') {
    return choice;
  }
  throw new UserError(`BN_ENGINE=${choice}: set it to cpu, cuda or prebuilt, or unset it`);
}

/** Names of the NVIDIA GPUs that the driver reports; empty without driver or GPU. */
export function gpuNames(): string {
  const listed = ask('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader']);
  return listed ?? '';
}

/** The machine this runs on. */
export const thisMachine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  choice: engineChoice(),
  driver: existsSync('/proc/driver/nvidia/version') || gpuNames() !== '',
});

/**
 * The wheel for a machine, or undefined where only tfjs-node's own prebuilt library can serve.
 * Throws UserError where CUDA is asked for and there is none for the platform.
 */
export function wheelPlan({ platform, arch, choice, driver }: Machine): WheelPlan | undefined {
  const name = `${platform}-${arch}`;
  if (choice === 'cuda' && name !== 'linux-x64') {
    throw new UserError(`BN_ENGINE=cuda: there is no CUDA build for ${name}; use BN_ENGINE=cpu`);
  }
  if (choice === 'prebuilt') return undefined;
  if (name === 'linux-x64' && (choice === 'cuda' || (choice === 'auto' && driver))) {
    return CUDA_PLAN;
  }
  return CPU_PLANS[name];
}

/**
 * Some packages of a pip requirements file, as the text of a smaller one.
 * Continuation lines stay with their package; throws where a package is not in it.
 */
export function selectRequirements(text: string, packages: readonly string[]): string {
  const entries = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return packages
    .map((name) => {
      const entry = entries.find((line) => line.startsWith(`${name}==`));
      if (!entry) throw new Error(`no pinned version of ${name}`);
      return `${entry}\n`;
    })
    .join('');
}
