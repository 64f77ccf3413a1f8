/** Where things live. Everything is inside the checkout unless an environment variable says otherwise. */
import path from 'node:path';

/** The checkout: the folder above src/ and dist/. */
export const projectRoot = path.resolve(__dirname, '..');

const fromEnv = (name: string, fallback: string): string =>
  path.resolve(process.env[name] ?? path.join(projectRoot, fallback));

/** The native library (BN_ENGINE_DIR). */
export const engineDir = (): string => fromEnv('BN_ENGINE_DIR', '.engine');
/** The decoded data set (BN_DATA_DIR). */
export const cifar10Dir = (): string => fromEnv('BN_DATA_DIR', 'data/cifar10');
/** The run store (BN_RUNS_DIR). */
export const runsDir = (): string => fromEnv('BN_RUNS_DIR', 'data/runs');
/** Figures of one preset (the --out option overrides it). */
export const figuresDir = (preset: string): string => path.join(projectRoot, 'figures', preset);
