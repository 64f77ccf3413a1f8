/**
 * `bn-lab doctor`: what is there, what is missing, and the remedy for each. Every check loads its module itself
 * and is guarded, so that one broken part costs one line.
 */
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { messageOf, UserError } from '../system/errors';
import { isWritable } from '../system/files';
import {
  broken,
  type Check,
  type CheckFunction,
  type DoctorOptions,
  type Finding,
  missing,
  ok,
} from '../system/finding';
import { homeRoot, projectRoot, sharedRoot } from '../system/paths';

export interface Diagnosis {
  /** Nothing is broken, and what is needed is there: for training Node, packages and engine, for a class everything. */
  ok: boolean;
  checks: Check[];
}

const GIGABYTE = 1e9;
/** A paper-scale store, the data and the environments together. */
const LITTLE_DISK_GB = 3;

interface Manifest {
  engines: { node: string };
  dependencies: Record<string, string>;
  version: string;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;

function checkNode(): Finding {
  const { nodeSatisfies } = require(path.join(projectRoot, 'src/nodeVersion.cjs')) as {
    nodeSatisfies: (range: string, version: string) => boolean;
  };
  const { node } = process.versions;
  const range = readManifest(projectRoot).engines.node;
  return nodeSatisfies(range, node)
    ? ok(node)
    : broken(`${node} is not ${range}`, 'install a newer Node');
}

function checkPackages(): Finding {
  const wanted = Object.entries(readManifest(projectRoot).dependencies);
  const wrong = wanted.flatMap(([name, version]) => {
    const folder = path.join(projectRoot, 'node_modules', name);
    if (!existsSync(path.join(folder, 'package.json'))) return [`${name} is missing`];
    const found = readManifest(folder).version;
    return /^\d/.test(version) && found !== version ? [`${name} is ${found}, not ${version}`] : [];
  });
  return wrong.length > 0 ? broken(wrong.join(', '), 'npm ci') : ok(`${wanted.length} found`);
}

async function checkPython(): Promise<Finding> {
  const { findPython } = await import('../engine/wheel');
  const python = findPython();
  const remedy = 'install Python 3 with pip (Debian, Ubuntu: apt-get install python3-pip)';
  if (!python) return missing('no python3', remedy);
  return python.pip === 'none'
    ? missing(`Python ${python.version} without pip and venv`, remedy)
    : ok(`${python.version}, pip ${python.pip === 'venv' ? 'from a venv' : 'installed'}`);
}

async function checkCompiler(): Promise<Finding> {
  const { findCompiler } = await import('../engine/build');
  const compiler = findCompiler();
  return compiler
    ? ok(compiler.version)
    : missing('no C++ compiler', 'install one (Debian, Ubuntu: apt-get install g++)');
}

async function inspectEngine(): Promise<Finding> {
  const { changedFiles, engineStatus } = await import('../engine/info');
  const { betterEngine } = await import('../engine/install');
  const { deviceReport } = await import('../engine/report');
  const { selfCheck } = await import('../engine/selfCheck');
  const status = engineStatus();
  const { info } = status;
  if (!status.ready || !info) {
    return info ? broken(status.detail, status.remedy) : missing(status.detail, status.remedy);
  }
  const remedy = 'npx bn-lab doctor --fix';
  const changed = await changedFiles(info);
  if (changed.length > 0) return broken(`changed since installed: ${changed.join(', ')}`, remedy);
  const check = await selfCheck(info);
  if (!check.ok) return broken(`${status.detail}, but it does not run: ${check.failure}`, remedy);

  const { gpu, intraOpThreads } = deviceReport();
  const threads = intraOpThreads || os.availableParallelism();
  const unused = gpu ? `GPU ${gpu} not used` : 'no GPU';
  const device = check.gpu ? `GPU ${gpu}` : unused;
  const better = betterEngine(info);
  const detail = `${status.detail}, ${threads} CPU threads, ${device}, files and a test op right`;
  return ok(detail, better && `${remedy} (${better})`);
}

async function checkEngine({ fix, log, json }: DoctorOptions): Promise<Finding> {
  const found = await inspectEngine();
  if (!fix || (found.state === 'ok' && !found.remedy)) return found;
  const { installEngine } = await import('../engine/install');
  const { engineStatus } = await import('../engine/info');
  try {
    // What looks right by its sizes, and is not, has to be forced.
    await installEngine({ log: json ? () => {} : log, force: engineStatus().ready });
  } catch (error) {
    return broken(messageOf(error), 'see the message');
  }
  return inspectEngine();
}

/** Where everything is to be made ready: does it, unless it is. */
const makeReady = async (
  { fix, course, log, json }: DoctorOptions,
  status: { ready: boolean },
  install: (log: (line: string) => void) => Promise<unknown>,
): Promise<void> => {
  if (fix && course && !status.ready) await install(json ? () => {} : log);
};

async function checkData(options: DoctorOptions): Promise<Finding> {
  const { dataSets } = await import('../data/registry');
  const { defaultPreset, vggRun } = await import('../config/presets');
  const { title, source } = dataSets[vggRun(defaultPreset).data];
  if (!source) return ok(`${title}: computed where needed`);
  await makeReady(options, source.status(), (log) => source.ensure({ log }));
  const { ready, where, detail, remedy = '' } = source.status();
  const text = `${title} in ${where}: ${detail}`;
  return ready ? ok(text) : missing(text, remedy);
}

async function checkJupyter(options: DoctorOptions): Promise<Finding> {
  const { jupyterStatus } = await import('../jupyter/environment');
  const { ensureVenv } = await import('../jupyter/venv');
  await makeReady(options, jupyterStatus(), (log) => ensureVenv({ log }));
  const { ready, detail, remedy } = jupyterStatus();
  return ready ? ok(detail) : missing(detail, remedy);
}

async function checkBrowser(options: DoctorOptions): Promise<Finding> {
  const { browserStatus, findBrowser } = await import('../drawing/browser');
  // Others may not write where the one from npm is unpacked.
  await makeReady(options, { ready: false }, findBrowser);
  const { ready, detail, remedy } = browserStatus();
  return ready ? ok(detail) : missing(detail, remedy);
}

/** The disk on which a person's runs go; their folder may not be there yet. */
function checkDisk(): Finding {
  let folder = homeRoot();
  while (!existsSync(folder)) folder = path.dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / GIGABYTE;
  const detail = `${free.toFixed(0)} GB free in ${folder}`;
  return free < LITTLE_DISK_GB
    ? broken(detail, 'make room, or set BN_HOME, BN_ENGINE_DIR and BN_DATA_DIR elsewhere')
    : ok(detail);
}

/** In the order of the report; what is needed must be ok for `ok`, in a class also what is not said to be. */
const CHECKS: readonly [name: string, run: CheckFunction, needed?: boolean][] = [
  ['Node', checkNode, true],
  ['packages', checkPackages, true],
  ['Python', checkPython, false],
  ['compiler', checkCompiler, false],
  ['engine', checkEngine, true],
  ['data', checkData],
  ['JupyterLab', checkJupyter],
  ['browser', checkBrowser, false],
  ['disk', checkDisk],
];

/** What a class needs beyond that; where its module does not load, one check that says so. */
async function courseChecks(): Promise<typeof CHECKS> {
  try {
    return (await import('../course/readiness')).courseChecks;
  } catch (error) {
    const fails = (): never => {
      throw error;
    };
    return [['course', fails]];
  }
}

const STATE_WIDTH = 9;
const NAME_WIDTH = 12;

/**
 * Looks at everything and reports; with `fix` installs or repairs the engine first, with `course` too whatever else is
 * missing. Never throws.
 */
export async function doctor(options: DoctorOptions): Promise<Diagnosis> {
  const { log, json, course } = options;
  const checks: Check[] = [];
  let fine = true;
  const wanted = course ? [...CHECKS, ...(await courseChecks())] : CHECKS;
  for (const [name, run, needed = course] of wanted) {
    let found: Finding;
    try {
      found = await run(options);
    } catch (error) {
      const remedy = error instanceof UserError ? '' : 'npm ci, then see npm run check';
      found = broken(messageOf(error).split('\n')[0] ?? '', remedy);
    }
    // In a class the installation is somebody else's; the disk is that of one's own folder.
    const isShared = name !== 'disk' && CHECKS.some(([own]) => own === name);
    const isOthers = course && isShared && !isWritable(sharedRoot());
    const { state, detail } = found;
    const remedy =
      isOthers && state !== 'ok'
        ? `whoever looks after ${sharedRoot()}: npx bn-lab doctor --course --fix`
        : found.remedy;
    checks.push({ name, state, detail, remedy });
    if (state === 'broken' || (needed && state !== 'ok')) fine = false;
    if (json) continue;
    log(state.padEnd(STATE_WIDTH) + name.padEnd(NAME_WIDTH) + detail);
    if (remedy) log(`${' '.repeat(STATE_WIDTH + NAME_WIDTH)}-> ${remedy}`);
  }
  if (json) log(JSON.stringify({ ok: fine, checks }));
  return { ok: fine, checks };
}
