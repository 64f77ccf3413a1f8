/**
 * Where things live. Everything is inside the checkout unless an environment variable says otherwise: BN_SHARED for what
 * is only read once it is there, BN_HOME for what a person makes. With either, one installation serves many people.
 */
import path from 'node:path';

/** The checkout: the folder above src/ and dist/. */
export const projectRoot = path.resolve(__dirname, '../..');

const fromEnv = (name: string, fallback: string): string =>
  path.resolve(process.env[name] || fallback);

/** The checkout whose engine, data set, Python and browser are used (BN_SHARED); never written to but by its owner. */
export const sharedRoot = (): string => fromEnv('BN_SHARED', projectRoot);
/** Where everything goes that a person makes (BN_HOME): runs, figures, Jupyter's settings. */
export const homeRoot = (): string => fromEnv('BN_HOME', projectRoot);

/** The native library (BN_ENGINE_DIR). */
export const engineDir = (): string => fromEnv('BN_ENGINE_DIR', path.join(sharedRoot(), '.engine'));
/** The decoded data set (BN_DATA_DIR). */
export const cifar10Dir = (): string =>
  fromEnv('BN_DATA_DIR', path.join(sharedRoot(), 'data', 'cifar10'));
/** The run store (BN_RUNS_DIR). */
export const runsDir = (): string => fromEnv('BN_RUNS_DIR', path.join(homeRoot(), 'data', 'runs'));
/** Figures of one preset (the --out option overrides it). */
export const figuresDir = (preset: string): string => path.join(homeRoot(), 'figures', preset);
/** The project's own notebooks. */
export const notebookFolder = path.join(projectRoot, 'notebooks');

/** Variables that name a file or folder, with what they may say that is none. */
const variables: Record<string, RegExp | undefined> = {
  BN_SHARED: undefined,
  BN_HOME: undefined,
  BN_ENGINE_DIR: undefined,
  BN_DATA_DIR: undefined,
  BN_RUNS_DIR: undefined,
  BN_CIFAR10_SOURCE: undefined,
  BN_BROWSER: /^none$/,
  // A command, found by its name.
  BN_PYTHON: /^[^\\/]+$/,
};

/** Those that are set, as absolute paths: for a process that starts in another folder, where a relative one is another. */
export function resolvedPaths(): NodeJS.ProcessEnv {
  const set = Object.entries(variables).flatMap(([name, word]) => {
    const value = process.env[name];
    return value && !word?.test(value) ? [[name, path.resolve(value)]] : [];
  });
  return Object.fromEntries(set) as NodeJS.ProcessEnv;
}
