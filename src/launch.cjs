#!/usr/bin/env node
/**
 * bn-lab's start: plain JavaScript that needs nothing but Node, because npm runs no build step at install. Compiles
 * dist/ where it is older than src/ and hands over to dist/cli/main.js.
 */
'use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { nodeSatisfies } = require('./nodeVersion.cjs');

const root = path.resolve(__dirname, '..');
const inRoot = (...names) => path.join(root, ...names);
const dist = inRoot('dist');
/** Its time is when the build that made dist/ began. */
const stamp = path.join(dist, '.built');
const lock = inRoot('node_modules', '.bn-lab-build.lock');
const POLL_MS = 100;
const BIRTH_MS = 2_000;

const tell = (line) => process.stderr.write(`bn-lab: ${line}\n`);

function fail(line) {
  tell(line);
  process.exit(1);
}

function checkNode() {
  const range = require('../package.json').engines.node;
  const version = process.versions.node;
  if (!nodeSatisfies(range, version)) {
    fail(`needs Node ${range} and this is ${version}: install a newer Node`);
  }
}

/** All files of a folder tree, relative to it. */
function filesIn(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** The newest time in a folder tree; a folder's own time tells of files that were removed. */
function newestTime(place) {
  const stat = fs.statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = fs.readdirSync(place).map((name) => newestTime(path.join(place, name)));
  return Math.max(stat.mtimeMs, ...inside);
}

function isStale() {
  const built = fs.statSync(stamp, { throwIfNoEntry: false });
  if (!built) return true;
  const sources = ['src', 'package.json', 'tsconfig.json'].map((name) => inRoot(name));
  return Math.max(...sources.map(newestTime)) > built.mtimeMs;
}

/**
 * Runs tsc into `fresh`; returns its first error, or undefined. With `incremental` it starts from a copy of dist/
 * and what tsc remembers of it.
 */
function compile(fresh, incremental) {
  fs.rmSync(fresh, { recursive: true, force: true });
  if (incremental) fs.cpSync(dist, fresh, { recursive: true });
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const info = path.join(fresh, '.tsbuildinfo');
  const args = [tsc, '-p', root, '--outDir', fresh, '--tsBuildInfoFile', info];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  const lines = `${stdout}${stderr}`.split('\n');
  return lines.find((line) => /error/i.test(line))?.trim() ?? error?.message ?? 'tsc failed';
}

/** Removes what has no source any more; tells whether each source has its JavaScript. */
function isComplete(fresh) {
  const isSource = (name) => name.endsWith('.ts') && !name.endsWith('.d.ts');
  const modules = filesIn(inRoot('src'))
    .filter(isSource)
    .map((name) => name.slice(0, -'.ts'.length));
  const outputs = new Set(filesIn(fresh));
  for (const name of outputs) {
    const module = name.replace(/(\.d\.ts|\.js)(\.map)?$/, '');
    if (module !== name && !modules.includes(module)) fs.rmSync(path.join(fresh, name));
  }
  return modules.every((module) => outputs.has(`${module}.js`));
}

/** Renames file by file over the old build, so that a process that runs from dist/ never misses a module. */
function moveIntoPlace(fresh) {
  const names = filesIn(fresh);
  for (const name of names) {
    fs.mkdirSync(path.dirname(path.join(dist, name)), { recursive: true });
    fs.renameSync(path.join(fresh, name), path.join(dist, name));
  }
  for (const name of filesIn(dist)) {
    if (!names.includes(name)) fs.rmSync(path.join(dist, name));
  }
}

function build() {
  tell('compiling src/ ...');
  const began = new Date();
  // Beside dist/, so that the relative paths in source maps and in tsc's memory are right.
  const fresh = inRoot('dist.new');
  const hasOld = fs.existsSync(path.join(dist, 'cli', 'main.js'));
  let error = compile(fresh, fs.existsSync(path.join(dist, '.tsbuildinfo')));
  // tsc trusts its memory and not the files: a file that was deleted from dist/ comes back only so.
  if (!error && !isComplete(fresh)) error = compile(fresh, false);
  const hasNew = fs.existsSync(path.join(fresh, 'cli', 'main.js'));
  if (error && !hasOld && !hasNew) fail(`src/ does not compile (${error}): see npm run check`);
  if (!error || !hasOld) moveIntoPlace(fresh);
  fs.rmSync(fresh, { recursive: true, force: true });
  if (error) {
    const what = hasOld ? 'the last build without errors' : 'it all the same';
    tell(`src/ has errors (${error}): running ${what}; see npm run check`);
    return;
  }
  fs.writeFileSync(stamp, '');
  fs.utimesSync(stamp, began, began);
}

/** Whether the process that holds the lock is gone. */
function isAbandoned() {
  try {
    const pid = Number(fs.readFileSync(lock, 'utf8'));
    // Without a number it is being written, or its writer was stopped just then.
    if (!pid) return Date.now() - fs.statSync(lock).mtimeMs > BIRTH_MS;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** One launcher builds at a time; the others wait and find it done. */
function withLock(work) {
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    if (isAbandoned()) fs.rmSync(lock, { force: true });
  }
  const release = () => fs.rmSync(lock, { force: true });
  process.once('exit', release);
  work();
  process.off('exit', release);
  release();
}

/** Hands over to the command line; where that does not even load, the doctor still runs. */
function run(args) {
  try {
    void require('../dist/cli/main.js').main();
  } catch (error) {
    if (args[0] !== 'doctor') throw error;
    tell(`dist/cli/main.js does not load: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
    const [fix, course, json] = ['--fix', '--course', '--json'].map((name) => args.includes(name));
    void require('../dist/cli/doctor.js').doctor({ fix, course, json, log: console.log });
  }
}

checkNode();
if (!fs.existsSync(inRoot('node_modules', 'typescript'))) fail(`run npm ci in ${root} first`);
if (isStale()) {
  try {
    withLock(() => isStale() && build());
  } catch (error) {
    fail(`cannot build ${dist}: ${error.message}`);
  }
}
process.setSourceMapsEnabled(true);
run(process.argv.slice(2));
