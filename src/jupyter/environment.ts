/** JupyterLab with the project's kernel: started from the project's own Python, on this machine's loopback only. */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';

import { messageOf } from '../errors';
import { homeRoot, projectRoot } from '../paths';
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

/** The environment in which Jupyter finds this checkout's kernel first and keeps its own files beside the user's runs. */
function jupyterEnvironment(options: JupyterOptions): NodeJS.ProcessEnv {
  const home = path.join(homeRoot(), '.jupyter');
  const joined = (...entries: (string | undefined)[]): string =>
    entries.filter(Boolean).join(path.delimiter);
  return {
    ...process.env,
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

/** Starts `python -m jupyter ...`, after installing it where it is missing. */
export async function spawnJupyter(
  args: readonly string[],
  options: JupyterOptions = {},
): Promise<ChildProcess> {
  const python = await ensureVenv(options);
  return spawn(python, ['-m', 'jupyter', ...args], {
    cwd: options.cwd ?? projectRoot,
    env: jupyterEnvironment(options),
    stdio: options.stdio ?? 'inherit',
  });
}

/** Runs `python -m jupyter ...` to its end. Returns its exit code, 128 + the signal's number if one ended it. */
export async function runJupyter(
  args: readonly string[],
  options: JupyterOptions = {},
): Promise<number> {
  const child = await spawnJupyter(args, options);
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
  /** The folder that Lab shows. Default: the checkout, with its first notebook open. */
  root?: string;
}

/** The arguments that `lab` gives to Jupyter: loopback only, token on (Jupyter's default). */
export function labArguments(options: LabOptions = {}): string[] {
  const { browser = true, port, root = projectRoot } = options;
  const firstPage = 'notebooks/00-start.ipynb';
  return [
    'lab',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.root_dir=${root}`,
    ...(existsSync(path.join(root, firstPage))
      ? [`--LabApp.default_url=/lab/tree/${firstPage}`]
      : []),
    ...(port === undefined ? [] : [`--ServerApp.port=${port}`]),
    ...(browser ? [] : ['--no-browser']),
    // Jupyter refuses root unless told; there is no other user in many containers.
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

/** Opens JupyterLab on the checkout; ends when it is shut down. Returns its exit code. */
export const lab = (options: LabOptions = {}): Promise<number> => runJupyter(labArguments(options));

/** What `doctor` shows; the remedy is empty where Jupyter is ready. */
export interface JupyterStatus {
  ready: boolean;
  detail: string;
  remedy: string;
}

const notReady: Record<Exclude<VenvState, 'ready'>, string> = {
  missing: 'not installed yet',
  incomplete: 'half installed',
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
