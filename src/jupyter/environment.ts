/** JupyterLab with the project's kernel: started from the project's own Python, on this machine's loopback only. */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';

import { messageOf } from '../system/errors';
import { makeFolder, onFile } from '../system/files';
import { homeRoot, projectRoot, resolvedPaths, sharedRoot } from '../system/paths';
import { furnishHome, furnishHomeAloud } from './home';
import {
  ensureVenv,
  findPython,
  requiredPackages,
  type VenvOptions,
  venvPython,
  type VenvState,
  venvState,
} from './venv';

export interface JupyterOptions extends VenvOptions {
  /** Working folder. Default: the checkout. */
  cwd?: string;
  /** Environment variables beyond those of this process. */
  env?: NodeJS.ProcessEnv;
  /** Default `inherit`. */
  stdio?: StdioOptions;
}

/**
 * The environment in which Jupyter finds this checkout's kernel first and keeps its own files beside the user's runs.
 * Throws UserError where those cannot be written.
 */
function jupyterEnvironment(options: JupyterOptions): NodeJS.ProcessEnv {
  const home = path.join(homeRoot(), '.jupyter');
  // IPython warns where the parent of its folder is not there.
  onFile('write', home, () => makeFolder(home), 'set BN_HOME to a folder of your own');
  const joined = (...entries: (string | undefined)[]): string =>
    entries.filter(Boolean).join(path.delimiter);
  return {
    ...process.env,
    ...resolvedPaths(),
    JUPYTER_PATH: joined(path.join(projectRoot, 'src', 'jupyter'), process.env.JUPYTER_PATH),
    JUPYTER_CONFIG_DIR: path.join(home, 'config'),
    JUPYTER_DATA_DIR: path.join(home, 'data'),
    JUPYTER_RUNTIME_DIR: path.join(home, 'runtime'),
    IPYTHONDIR: path.join(home, 'ipython'),
    PYTHONHOME: undefined,
    PYTHONPATH: undefined,
    // `jupyter lab` looks for jupyter-lab, and the kernel for node: it shall be the Node that runs now.
    PATH: joined(
      path.dirname(venvPython(options)),
      path.dirname(process.execPath),
      process.env.PATH,
    ),
    ...options.env,
  };
}

/**
 * Starts the environment's Python, after installing what is missing. Throws UserError where that fails, or where BN_HOME
 * cannot be written.
 */
export async function spawnPython(
  args: readonly string[],
  options: JupyterOptions = {},
): Promise<ChildProcess> {
  const python = await ensureVenv(options);
  return spawn(python, args, {
    cwd: options.cwd ?? projectRoot,
    env: jupyterEnvironment(options),
    stdio: options.stdio ?? 'inherit',
  });
}

/** Starts `python -m jupyter ...`. */
export const spawnJupyter = (
  args: readonly string[],
  options: JupyterOptions = {},
): Promise<ChildProcess> => spawnPython(['-m', 'jupyter', ...args], options);

/** Runs `python -m jupyter ...` to its end: see `endOf`. */
export const runJupyter = async (
  args: readonly string[],
  options: JupyterOptions = {},
): Promise<number> => endOf(await spawnJupyter(args, options));

/** Waits for a program's end, with signals passed on to it. Returns its exit code, 128 + the signal's number if one ended it. */
export async function endOf(child: ChildProcess): Promise<number> {
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the child itself; a second one would skip Jupyter's question.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
      );
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}

export interface LabOptions {
  /** Open a browser window. Default true. */
  browser?: boolean;
  /** Default: Jupyter's own, 8888 or the next free one. */
  port?: number;
  /** The folder that Lab shows. Default: BN_HOME, else the checkout, with its first notebook open. */
  root?: string;
}

/** What is open first: in a student's folder the course's first lesson. */
const firstPages = ['notebooks/lesson01/01-batch-norm.ipynb', 'notebooks/00-start.ipynb'];

/** The arguments that `lab` gives to Jupyter: loopback only, token on (Jupyter's default). */
export function labArguments(options: LabOptions = {}): string[] {
  const { browser = true, port, root = homeRoot() } = options;
  const firstPage = firstPages.find((page) => existsSync(path.join(root, page)));
  return [
    'lab',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.root_dir=${root}`,
    ...(firstPage ? [`--LabApp.default_url=/lab/tree/${firstPage}`] : []),
    ...(port === undefined ? [] : [`--ServerApp.port=${port}`]),
    ...(browser ? [] : ['--no-browser']),
    // Jupyter refuses root unless told; there is no other user in many containers.
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

/** Opens JupyterLab on the user's notebooks; ends when it is shut down. Returns its exit code. */
export async function lab(options: LabOptions = {}): Promise<number> {
  furnishHomeAloud();
  return runJupyter(labArguments(options), { cwd: homeRoot() });
}

/**
 * A user's server on a JupyterHub, which gives `args` and the environment: `c.Spawner.cmd`. Shows BN_HOME. With the
 * argument --version it only installs what it needs. Returns its exit code. Throws UserError as `spawnPython` does.
 */
export async function hub(args: readonly string[]): Promise<number> {
  furnishHome();
  const child = await spawnPython(['-m', 'jupyterhub.singleuser', ...args], {
    title: 'JupyterHub',
    directory: path.join(sharedRoot(), '.local', 'hub'),
    requirements: path.join(projectRoot, 'src', 'jupyter', 'requirements-hub.txt'),
    installer: 'npx bn-lab hub --version',
    cwd: homeRoot(),
  });
  return endOf(child);
}

/** What `doctor` shows; the remedy is empty where Jupyter is ready. */
export interface JupyterStatus {
  ready: boolean;
  detail: string;
  remedy: string;
}

const notReady: Record<Exclude<VenvState, 'ready'>, string> = {
  missing: 'not installed yet',
  incomplete: 'half installed, or its Python is not there for you',
  outdated: 'installed in another version',
  foreign: 'not in the virtual environment that is there',
};

/** Whether JupyterLab and the kernel can start. Looks only, starts no Jupyter; never throws. */
export function jupyterStatus(options: VenvOptions = {}): JupyterStatus {
  try {
    const state = venvState(options);
    const name = `JupyterLab ${requiredPackages(options).get('jupyterlab')}`;
    if (state === 'ready') return { ready: true, detail: name, remedy: '' };
    const python = findPython(options);
    return {
      ready: false,
      detail: `${name} ${notReady[state]} (found ${python})`,
      remedy: '`npx bn-lab lab` installs it on first use',
    };
  } catch (error) {
    return { ready: false, detail: messageOf(error), remedy: 'install Python 3.10 or newer' };
  }
}
