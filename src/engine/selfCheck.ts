/** Loads the engine in a process of its own and runs one op there: a library that crashes takes nobody along. */
import path from 'node:path';

import { runCommand } from '../system/command';
import { engineDir } from '../system/paths';
import { engineEnvironment } from './environment';
import type { EngineInfo } from './info';

export interface SelfCheck {
  ok: boolean;
  /** TensorFlow's version, as the library says. */
  tensorflow: string;
  /** Whether TensorFlow computes on a GPU. */
  gpu: boolean;
  /** Why it failed; empty when ok. */
  failure: string;
}

/** Multiplies two 2x2 matrices through the binding whose path is the first argument. */
const PROGRAM = `
const binding = require(process.argv[1]);
const matrix = (values) => binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array(values));
const attrs = [
  { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
];
const ids = [matrix([1, 2, 3, 4]), matrix([5, 6, 7, 8])];
const [product] = binding.executeOp('MatMul', attrs, ids, 1);
const found = Array.from(binding.tensorDataSync(product.id)).join();
if (found !== '19,22,43,50') throw new Error('MatMul gives ' + found);
const report = { tensorflow: binding.TF_Version, gpu: binding.isUsingGpuDevice() };
console.log('\\nengine ' + JSON.stringify(report));`;

export interface SelfCheckOptions {
  /** The engine folder; elsewhere than usual while it is being made. */
  folder?: string;
  logFile?: string;
}

/** Runs the check on an engine; takes about two seconds. Never rejects. */
export async function selfCheck(
  info: Pick<EngineInfo, 'binding' | 'cuda'>,
  { folder = engineDir(), logFile }: SelfCheckOptions = {},
): Promise<SelfCheck> {
  const args = ['-e', PROGRAM, path.resolve(folder, info.binding)];
  const env = engineEnvironment(info, folder);
  const { ok, output, failure } = await runCommand(process.execPath, args, { env, logFile });
  const report = /^engine (.*)$/m.exec(output)?.[1];
  if (ok && report) {
    const { tensorflow, gpu } = JSON.parse(report) as { tensorflow: string; gpu: boolean };
    return { ok, tensorflow, gpu, failure: '' };
  }
  const reason = output.split('\n').find((line) => /^\w*Error: /.test(line));
  const silence = ok ? 'it said nothing' : failure;
  return { ok: false, tensorflow: '', gpu: false, failure: reason ?? silence };
}
