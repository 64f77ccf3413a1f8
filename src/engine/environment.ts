/** What TensorFlow reads from the environment when it is loaded. */
import path from 'node:path';

import { isWritable } from '../system/files';
import { engineDir } from '../system/paths';
import type { EngineInfo } from './info';

/** XLA splits its flags at spaces, but not inside quotes. */
const quoted = (text: string): string => (text.includes(' ') ? `"${text}"` : text);

/** Where XLA keeps which kernels it has found to be fastest on this machine's GPU; it must be there. */
export const xlaCache = (folder: string): string => path.join(folder, 'xla');

/** The variables that this engine needs; what the user has set already stays as it is. */
export function engineEnvironment(
  info: Pick<EngineInfo, 'cuda'>,
  folder = engineDir(),
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const wanted: Record<string, string> = { TF_CPP_MIN_LOG_LEVEL: '2' };
  // On by default only where the processor has AVX-512; without it a VGG step takes twice as long on the others.
  if (process.arch === 'x64') wanted.TF_ENABLE_ONEDNN_OPTS = '1';
  if (info.cuda) {
    // Without this one process takes the whole GPU.
    wanted.TF_FORCE_GPU_ALLOW_GROWTH = 'true';
    const tools = path.join(folder, 'nvidia/cuda_nvcc'); // ptxas and libdevice
    wanted.XLA_FLAGS = [
      `--xla_gpu_cuda_data_dir=${quoted(tools)}`,
      // Convolution and bias as one call of cuDNN, whose kernels are compiled while they are tried: the step of a network
      // without normalisation does not compile in four minutes.
      '--xla_disable_hlo_passes=cudnn-fused-convolution-rewriter',
      // The choice of kernels, most of a compilation's time, is kept from one process to the next. XLA fails where it
      // cannot write.
      ...(isWritable(xlaCache(folder))
        ? [`--xla_gpu_per_fusion_autotune_cache_dir=${quoted(xlaCache(folder))}`]
        : []),
    ].join(' ');
    if (env.BN_ENGINE === 'cpu') wanted.CUDA_VISIBLE_DEVICES = '-1';
  }
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => env[name] === undefined));
}
