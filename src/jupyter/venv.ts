/** The project's own Python: a virtual environment in the checkout, made on first use, with pinned packages. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { ask, runCommand } from '../system/command';
import { UserError } from '../system/errors';
import { fileError, makeFolder } from '../system/files';
import { withLock } from '../system/lock';
import { projectRoot, sharedRoot } from '../system/paths';

/** Where the environment is and what goes into it. The defaults are the project's. */
export interface VenvOptions {
  /** What is installed, as messages call it. Default JupyterLab. */
  title?: string;
  /** The virtual environment's folder. Default `.venv` in the checkout (BN_SHARED). */
  directory?: string;
  /** A pip requirements file. Default src/jupyter/requirements.txt. */
  requirements?: string;
  /** Commands to try for a Python >= 3.10. Default: `BN_PYTHON` if set, else python3, python, py. */
  pythons?: readonly string[];
  /**
   * What the owner of a shared installation runs to make it beforehand. Default: what installs JupyterLab, or the same
   * command once where another folder is given.
   */
  installer?: string;
  /** Takes the line that says that something is being installed. Default: standard error. */
  log?: (line: string) => void;
}

/**
 * missing: no folder. incomplete: the making of it was stopped, or its Python is gone. foreign: a working one that
 * something else has made. outdated: made from other requirements.
 */
export type VenvState = 'ready' | 'outdated' | 'foreign' | 'incomplete' | 'missing';

const oldestPython = { major: 3, minor: 10 };
const titleOf = ({ title = 'JupyterLab' }: VenvOptions): string => title;
/** The folder of the environment; it may not be there yet. */
export const venvDirectory = (options: VenvOptions): string =>
  options.directory ?? path.join(sharedRoot(), '.venv');
/** The environment's Python; it may not be there yet. */
export const venvPython = (options: VenvOptions): string =>
  path.join(
    venvDirectory(options),
    process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python',
  );
const source = (name: string): string => path.join(projectRoot, 'src', 'jupyter', name);
const requirementsFile = (options: VenvOptions): string =>
  options.requirements ?? source('requirements.txt');
/** JupyterLab's defaults in this project: no question about news, and no look for updates in the network. */
const defaultsFile = source('overrides.json');
/** Holds `incomplete`, or what the environment was made from. */
const stateFile = (options: VenvOptions): string =>
  path.join(venvDirectory(options), 'bn-lab-state');

const logFile = (options: VenvOptions): string => path.join(venvDirectory(options), 'install.log');

/** The pinned packages, name -> version. */
export function requiredPackages(options: VenvOptions): Map<string, string> {
  const lines = readFileSync(requirementsFile(options), 'utf8').matchAll(/^([\w-]+)==(\S+)/gm);
  return new Map(Array.from(lines, ([, name = '', version = '']) => [name, version]));
}

/** The version that a Python command reports, or undefined where it does not run. */
const pythonVersion = (command: string): string | undefined =>
  ask(command, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);

/** The first command that is a new enough Python. Throws UserError where there is none. */
export function findPython(options: VenvOptions): string {
  const { BN_PYTHON } = process.env;
  const commands = options.pythons ?? (BN_PYTHON ? [BN_PYTHON] : ['python3', 'python', 'py']);
  const tooOld: string[] = [];
  for (const command of commands) {
    const version = pythonVersion(command);
    if (!version) continue;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major === oldestPython.major && minor >= oldestPython.minor) return command;
    tooOld.push(`${command} is ${version}`);
  }
  throw new UserError(
    `${titleOf(options)} needs Python ${oldestPython.major}.${oldestPython.minor} or newer ` +
      `(${tooOld.join(', ') || `no ${commands.join(', ')} found`}): ` +
      'install it, or set BN_PYTHON to its path',
  );
}

/** A requirements file, and those that it includes, each once. */
function includedFiles(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const lines = readFileSync(file, 'utf8').matchAll(
    /^\s*(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)/gm,
  );
  // pip looks for them beside the file that names them.
  for (const [, name = ''] of lines) includedFiles(path.resolve(path.dirname(file), name), found);
  return found;
}

/** What the state file of a finished environment says. */
function finishedState(options: VenvOptions, version: string): string {
  const hash = createHash('sha256');
  const files = [...includedFiles(requirementsFile(options)), defaultsFile];
  for (const file of files) hash.update(readFileSync(file));
  return `made from ${hash.digest('hex')} with python ${version}`;
}

/** Looks at the environment; changes nothing. */
export function venvState(options: VenvOptions): VenvState {
  if (!existsSync(venvDirectory(options))) return 'missing';
  const version = pythonVersion(venvPython(options));
  if (!version) return 'incomplete';
  if (!existsSync(stateFile(options))) return 'foreign';
  const state = readFileSync(stateFile(options), 'utf8');
  if (state === finishedState(options, version)) return 'ready';
  // A Python of another minor version looks for its packages in another folder: in place is not enough.
  const sameMinor = state.includes(` python ${version.replace(/\.\d+$/, '.')}`);
  return sameMinor ? 'outdated' : 'incomplete';
}

/** What to do where this user may not write into the installation: it is somebody else's. */
function ownersRemedy({ directory, installer }: VenvOptions): string {
  const command = directory ? 'the same command once' : 'npx bn-lab doctor --course --fix';
  return `ask whoever looks after ${sharedRoot()} to run ${installer ?? command} there`;
}

/**
 * Makes the environment where it is not ready and returns its Python. A half-made one is made anew, others are
 * completed in place; a second process waits. Throws UserError where Python or the installation fails, or where this
 * user may not write there.
 */
export async function ensureVenv(options: VenvOptions): Promise<string> {
  if (venvState(options) === 'ready') return venvPython(options);
  const base = findPython(options);
  const directory = venvDirectory(options);
  const remedy = ownersRemedy(options);
  try {
    makeFolder(directory);
    await withLock(`${directory}.lock`, () => makeVenv(base, options), { remedy });
  } catch (error) {
    throw fileError(error, `install ${titleOf(options)} into`, directory, remedy);
  }
  return venvPython(options);
}

async function makeVenv(base: string, options: VenvOptions): Promise<void> {
  const { log = (line: string) => process.stderr.write(`${line}\n`) } = options;
  const directory = venvDirectory(options);
  const state = venvState(options);
  if (state === 'ready') return; // made while this process waited
  log(`installing ${titleOf(options)} into ${directory}: once, some minutes at most ...`);
  if (state === 'incomplete') {
    await rm(directory, { recursive: true });
    mkdirSync(directory);
  }
  // Whatever stops this process from here on leaves an environment that is known to be half made.
  if (state !== 'foreign') writeFileSync(stateFile(options), 'incomplete');
  const failure = await install(base, options);
  const version = pythonVersion(venvPython(options));
  if (failure || !version) {
    const what = failure ?? `${venvPython(options)} does not run`;
    throw new UserError(`cannot install ${titleOf(options)}: ${what} (log: ${logFile(options)})`);
  }
  const defaults = path.join(directory, 'share', 'jupyter', 'lab', 'settings');
  mkdirSync(defaults, { recursive: true });
  copyFileSync(defaultsFile, path.join(defaults, 'overrides.json'));
  writeFileSync(stateFile(options), finishedState(options, version));
}

/** Runs venv and pip. Returns undefined, or what went wrong and the remedy. */
async function install(base: string, options: VenvOptions): Promise<string | undefined> {
  const directory = venvDirectory(options);
  const python = venvPython(options);
  const run = (command: string, ...args: string[]): ReturnType<typeof runCommand> =>
    runCommand(command, args, {
      logFile: logFile(options),
      // Settings that would send packages elsewhere than into the environment.
      env: { PIP_USER: '0', PYTHONHOME: undefined, PYTHONPATH: undefined },
    });
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input'];
  const packages = ['install', '-r', requirementsFile(options)];

  let result = await run(base, '-m', 'venv', directory);
  if (result.ok) {
    result = await run(python, ...pip, ...packages);
  } else {
    // Debian packs the part of venv that brings pip along apart; the system's pip can do its work.
    result = await run(base, '-m', 'venv', '--without-pip', directory);
    if (result.ok) result = await run(base, ...pip, '--python', python, ...packages);
    if (!result.ok && /no module named|ensurepip/i.test(result.output)) {
      return `${base} lacks venv or pip; on Debian or Ubuntu: apt install python3-venv`;
    }
  }
  if (result.ok) return undefined;
  const errors = result.output.split('\n').filter((line) => /^error/i.test(line));
  return `${errors.at(-1) ?? result.failure}; if the network is reachable, try again`;
}
