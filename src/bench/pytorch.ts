/** The optional PyTorch partner of the benchmark: its own environment, and a process that times PyTorch's steps. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { ensureVenv } from '../jupyter/venv';
import { messageOf, UserError } from '../system/errors';
import { engineDir, projectRoot } from '../system/paths';

const script = path.join(projectRoot, 'src', 'bench', 'pytorch.py');
const environment = {
  title: 'PyTorch',
  directory: path.join(projectRoot, '.local', 'pytorch'),
  requirements: path.join(projectRoot, 'src', 'bench', 'requirements.txt'),
};

export interface EnsurePyTorchOptions {
  /** Takes the line that says that something is being installed. Default: standard error. */
  log?: (line: string) => void;
}

/**
 * Installs the pinned PyTorch into `.local/pytorch` of the checkout where it is missing; returns its Python. pip works
 * as the user has configured it: whether that gives a CPU or a CUDA build, requirements.txt beside this file says.
 * Throws UserError where Python or the installation fails.
 */
export const ensurePyTorch = (options: EnsurePyTorchOptions = {}): Promise<string> =>
  ensureVenv({ ...environment, ...options });

export type PyTorchLayout = 'channels_first' | 'channels_last';
/** `graph` replays the step as a captured CUDA graph. */
export type PyTorchMode = 'eager' | 'graph';

export interface PyTorchInfoRequest {
  request: 'info';
}

export interface PyTorchInfo {
  torch: string;
  python: string;
  /** The GPU's name, or `cpu`. */
  device: string;
  gpu: boolean;
  /** Whether products and convolutions may use the tensor cores' shorter numbers. */
  tf32: boolean;
  threads: number;
  /** What can be timed here. `batch` is the number of images (samples) of a step. */
  cases: Record<string, { batch: number; layouts: PyTorchLayout[]; modes: PyTorchMode[] }>;
}

export interface PyTorchTimeRequest {
  request: 'time';
  case: string;
  /** Default 1. */
  steps?: number;
  /** Memory order of images and kernels. Default `channels_first`. */
  layout?: PyTorchLayout;
  /** Default `eager`. */
  mode?: PyTorchMode;
}

export interface PyTorchTiming {
  case: string;
  layout: PyTorchLayout;
  mode: PyTorchMode;
  steps: number;
  /** Of one step, the mean over `steps`. */
  seconds: number;
  /** Of the last step; null if it is not finite. */
  loss: number | null;
}

/** A running PyTorch. Requests are answered one after the other, in their order. */
export interface PyTorchPartner {
  /** Rejects with UserError where the request is refused or PyTorch has ended. */
  request(message: PyTorchInfoRequest): Promise<PyTorchInfo>;
  request(message: PyTorchTimeRequest): Promise<PyTorchTiming>;
  /** Ends the process, whatever it is doing. */
  close(): Promise<void>;
}

export interface StartPyTorchOptions {
  /** CPU threads. Default: PyTorch's own choice, the number of physical cores. */
  threads?: number;
  /** Default: `cuda` where there is a GPU. */
  device?: 'cpu' | 'cuda';
}

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** The environment without what would make PyTorch load other libraries than its own. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = (folder: string): boolean => folder.startsWith(engineDir());
  const libraries = process.env.LD_LIBRARY_PATH?.split(path.delimiter).filter((f) => !foreign(f));
  return {
    ...process.env,
    // The engine's CUDA libraries have the names of PyTorch's and other versions.
    LD_LIBRARY_PATH: libraries?.join(path.delimiter) || undefined,
    PYTHONHOME: undefined,
    PYTHONPATH: undefined,
  };
}

/** Starts PyTorch in a process of its own; `python` is what `ensurePyTorch` returns. Returns before it has loaded. */
export function startPyTorch(python: string, options: StartPyTorchOptions = {}): PyTorchPartner {
  const { threads, device } = options;
  const child = spawn(
    python,
    [
      script,
      ...(threads === undefined ? [] : ['--threads', String(threads)]),
      ...(device === undefined ? [] : ['--device', device]),
    ],
    { env: cleanEnvironment() },
  );
  const waiting: Waiting[] = [];
  let complaint = '';
  let ended: UserError | undefined;

  const end = (reason: string): void => {
    ended ??= new UserError(
      `PyTorch (${python}) has ended: ${reason}; remove ${environment.directory} to install it anew`,
    );
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const next = waiting.shift();
    try {
      const answer = JSON.parse(line) as { error?: string };
      if (answer.error === undefined) next?.resolve(answer as never);
      else next?.reject(new UserError(`PyTorch: ${answer.error}`));
    } catch (error) {
      next?.reject(new UserError(`PyTorch: cannot read its answer: ${messageOf(error)}`));
    }
  });
  child.stderr.on('data', (bytes: Buffer) => {
    // The last lines say why a process ended.
    complaint = (complaint + bytes.toString()).slice(-4000);
  });
  // Writing to a process that has ended: its end is reported below.
  child.stdin.on('error', () => {});
  child.on('error', (error) => end(error.message));
  const closed = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      end(complaint.trim().split('\n').at(-1) || `it stopped with ${signal ?? `code ${code}`}`);
      resolve();
    });
  });

  return {
    request: (message: PyTorchInfoRequest | PyTorchTimeRequest) =>
      new Promise<never>((resolve, reject) => {
        if (ended) return reject(ended);
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(message)}\n`);
      }),
    async close() {
      child.kill();
      await closed;
    },
  };
}
