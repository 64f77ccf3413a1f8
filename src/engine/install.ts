/**
 * Gets TensorFlow into the engine folder: the library from its Python wheel and a binding compiled here, or
 * tfjs-node's prebuilt download where that cannot be. Everything is made in a sibling folder and renamed at the
 * end; one process at a time does it.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { ask, runCommand } from '../system/command';
import { messageOf, UserError } from '../system/errors';
import { replaceFolder } from '../system/files';
import { type LockOptions, withLock } from '../system/lock';
import { engineDir, sharedRoot } from '../system/paths';
import { prettyJson } from '../system/prettyJson';
import { BINDING, bindingSource, compileBinding, type Compiler, findCompiler } from './build';
import { ENGINE_FORMAT, type EngineInfo, engineStatus, fingerprint } from './info';
import { thisMachine, type WheelPlan, wheelPlan } from './plan';
import { installPrebuilt } from './prebuilt';
import { selfCheck } from './selfCheck';
import { downloadWheels, extractWheels, findPython, type Python } from './wheel';

export interface InstallOptions {
  /** Receives one line at a time. */
  log: (line: string) => void;
  /** Make it anew even if the present one looks right. */
  force?: boolean;
}

/** A folder that is being made, and where to write about it. */
interface Site {
  folder: string;
  logFile: string;
  log: (line: string) => void;
}

type Parts = Pick<EngineInfo, 'source' | 'cuda' | 'binding' | 'files' | 'how' | 'compiler'>;

const MEGABYTE = 1e6;

const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10;

/** The folder is replaced as a whole: refuses one that holds anything that is not an engine's. */
function checkOurs(): void {
  const known = new Set([
    'engine.json',
    'engine.json.new',
    'install.log',
    'tensorflow',
    'nvidia',
    'xla',
  ]);
  const names = existsSync(engineDir()) ? readdirSync(engineDir()) : [];
  const foreign = names.find((name) => !known.has(name) && !name.endsWith(BINDING));
  if (foreign) {
    throw new UserError(
      `${engineDir()} holds ${foreign}, which is not an engine's: set BN_ENGINE_DIR to a folder of its own`,
    );
  }
}

function checkDisk(folder: string, plan: WheelPlan): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / MEGABYTE);
  if (free < plan.diskMegabytes) {
    throw new UserError(
      `installing TensorFlow takes ${plan.diskMegabytes} MB and ${folder} has ${free} MB free: ` +
        'make room, or set BN_ENGINE_DIR to a folder on another disk',
    );
  }
}

/** Drops the libraries' symbol tables, a quarter of their size; left alone where there is no strip. */
async function stripLibraries(plan: WheelPlan, { folder, logFile }: Site): Promise<void> {
  if (process.platform !== 'linux' || !ask('strip', ['--version'])) return;
  const files = plan.libraries.map((name) => path.join(folder, 'tensorflow', name));
  await runCommand('strip', ['--strip-unneeded', ...files], { logFile });
}

async function fromWheel(
  plan: WheelPlan,
  python: Python,
  compiler: Compiler,
  { folder, logFile, log }: Site,
): Promise<Parts> {
  checkDisk(folder, plan);
  const name = plan.cuda ? 'TensorFlow with CUDA (BN_ENGINE=cpu: without)' : 'TensorFlow';
  log(`downloading ${name} with pip, ${plan.downloadMegabytes} MB, once for this checkout`);
  const started = Date.now();
  const wheels = await downloadWheels(plan, python, { folder, log, logFile });
  const downloaded = Date.now();
  log(`downloaded in ${seconds(started)} s; unpacking`);
  const names = await extractWheels(plan, python, wheels, { target: folder, logFile });
  await stripLibraries(plan, { folder, logFile, log });
  log(`unpacked in ${seconds(downloaded)} s; compiling the binding with ${compiler.command}`);
  const { libraries } = plan;
  await compileBinding(compiler, { engine: folder, libraries, output: BINDING, logFile });
  for (const left of ['wheels', 'venv', 'requirements.txt']) {
    rmSync(path.join(folder, left), { recursive: true, force: true });
  }
  return {
    source: 'wheel',
    cuda: plan.cuda,
    binding: BINDING,
    files: await fingerprint(folder, [...names, BINDING]),
    how: `Python wheel ${plan.packages[0]}, binding compiled here`,
    compiler: compiler.version,
  };
}

async function fromPrebuilt(why: string, { logFile, log }: Site): Promise<Parts> {
  log(`${why}: using tfjs-node's own prebuilt TensorFlow`);
  const { binding, libraries } = await installPrebuilt({ why, logFile });
  const names = [binding, ...libraries].map((file) => path.relative(engineDir(), file));
  return {
    source: 'prebuilt',
    cuda: false,
    binding: path.relative(engineDir(), binding),
    files: await fingerprint(engineDir(), names),
    how: "tfjs-node's prebuilt download",
    compiler: '',
  };
}

/** What a machine can do: the wheel and its tools, or why only the prebuilt library is left. */
function choose(): { plan: WheelPlan; python: Python; compiler: Compiler } | { why: string } {
  const machine = thisMachine();
  const plan = wheelPlan(machine);
  const python = findPython();
  const compiler = findCompiler();
  if (!plan) {
    return machine.choice === 'prebuilt'
      ? { why: 'BN_ENGINE=prebuilt' }
      : { why: `there is no TensorFlow wheel for ${machine.platform}-${machine.arch}` };
  }
  if (!python || python.pip === 'none') return { why: 'there is no Python 3 with pip or venv' };
  if (!compiler) return { why: 'there is no C++ compiler' };
  return { plan, python, compiler };
}

/** Whether `installEngine` with `force` would get something better than what is installed; in words, or ''. */
export function betterEngine(info: EngineInfo): string {
  const choice = choose();
  if ('why' in choice) return '';
  if (info.source === 'prebuilt') return 'compiler and Python are here now: a newer TensorFlow';
  return choice.plan.cuda && !info.cuda ? 'an NVIDIA driver answers: TensorFlow with CUDA' : '';
}

function writeInfo(folder: string, info: EngineInfo): void {
  const file = path.join(folder, 'engine.json');
  writeFileSync(`${file}.new`, prettyJson(info));
  renameSync(`${file}.new`, file);
}

async function checkedVersion(parts: Parts, { folder, logFile, log }: Site): Promise<string> {
  const check = await selfCheck(parts, { folder, logFile });
  if (!check.ok) {
    throw new UserError(
      `the new TensorFlow does not run here: ${check.failure} (log: ${logFile}): ` +
        `${parts.source === 'wheel' ? 'try BN_ENGINE=prebuilt, or ' : ''}see npx bn-lab doctor`,
    );
  }
  if (parts.cuda && !check.gpu) {
    log(
      `TensorFlow does not see a GPU and uses the CPU: is the driver older than 525? (${logFile})`,
    );
  }
  return check.tensorflow;
}

async function installAll({ log }: InstallOptions): Promise<EngineInfo> {
  const started = Date.now();
  checkOurs();
  const folder = `${engineDir()}.tmp`;
  // Wheels that are complete save the next try a download; whatever else a broken try left goes.
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== 'wheels') rmSync(path.join(folder, name), { recursive: true, force: true });
  }
  const site: Site = { folder, logFile: path.join(folder, 'install.log'), log };
  const choice = choose();
  const parts =
    'why' in choice
      ? await fromPrebuilt(choice.why, site)
      : await fromWheel(choice.plan, choice.python, choice.compiler, site);
  const info: EngineInfo = {
    format: ENGINE_FORMAT,
    ...parts,
    tensorflow: await checkedVersion(parts, {
      ...site,
      folder: parts.source === 'wheel' ? folder : engineDir(),
    }),
    platform: process.platform,
    arch: process.arch,
    bindingSource: parts.source === 'wheel' ? bindingSource() : '',
    seconds: seconds(started),
  };
  writeInfo(folder, info);
  replaceFolder(folder, engineDir());
  log(`TensorFlow ${info.tensorflow} is ready, ${info.seconds} s`);
  return info;
}

/** Compiles the binding anew inside the engine folder; TensorFlow stays. */
async function recompile(info: EngineInfo, { log }: InstallOptions): Promise<EngineInfo> {
  const started = Date.now();
  const folder = engineDir();
  const compiler = findCompiler();
  if (!compiler) {
    throw new UserError(
      'the binding is older than its C++ source and there is no C++ compiler: ' +
        'install one (Debian, Ubuntu: apt-get install g++) and run again',
    );
  }
  log(`compiling the binding anew with ${compiler.command}: its source has changed`);
  const logFile = path.join(folder, 'install.log');
  const source = bindingSource();
  const libraries = Object.keys(info.files)
    .filter((name) => name.startsWith('tensorflow/'))
    .map((name) => path.basename(name));
  const binding = `new-${BINDING}`;
  await compileBinding(compiler, { engine: folder, libraries, output: binding, logFile });
  await checkedVersion({ ...info, binding }, { folder, logFile, log });
  renameSync(path.join(folder, binding), path.join(folder, BINDING));
  const fresh: EngineInfo = {
    ...info,
    bindingSource: source,
    compiler: compiler.version,
    files: { ...info.files, ...(await fingerprint(folder, [BINDING])) },
  };
  writeInfo(folder, fresh);
  log(`compiled in ${seconds(started)} s`);
  return fresh;
}

/**
 * Makes sure that the engine is there and right; milliseconds if it is. Otherwise downloads and compiles it, or
 * only compiles the binding where just that is out of date. A second process waits for the first.
 * Throws UserError.
 */
export async function installEngine(options: InstallOptions): Promise<EngineInfo> {
  const { log, force = false } = options;
  const before = engineStatus();
  if (before.ready && before.info && !force) return before.info;
  try {
    mkdirSync(path.dirname(engineDir()), { recursive: true });
    const lock = `${engineDir()}.lock`;
    const onWait: LockOptions['onWait'] = ({ pid, host }) =>
      log(`process ${pid} on ${host} is installing the engine: waiting (its lock: ${lock})`);
    const work = async (): Promise<EngineInfo> => {
      const { ready, info, needs } = engineStatus();
      if (ready && info && !force) return info;
      return info && needs === 'compile' && !force ? recompile(info, options) : installAll(options);
    };
    const remedy =
      `ask whoever looks after ${sharedRoot()} to run npx bn-lab doctor --fix there, ` +
      'or set BN_ENGINE_DIR to a folder of your own';
    return await withLock(lock, work, { onWait, remedy });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `could not install the engine into ${engineDir()}: ${messageOf(error)}: ` +
        'check that the folder can be written to, or set BN_ENGINE_DIR to another',
    );
  }
}
