/**
 * The commands of `bn-lab`. Each loads its own module when it runs, so that one works when others are broken.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';

import { Command, CommanderError } from 'commander';

import { defaultPreset, presetChoices } from '../config/presets';
import type { ReproduceOptions, ReproduceResult } from '../pages/reproduce';
import { messageOf, UserError } from '../system/errors';
import { projectRoot } from '../system/paths';
import { prettyJson } from '../system/prettyJson';
import { parseMinutes, stoppable, Stopped, stoppedCode, stopSignals } from '../system/stoppable';
import type { AllRuns, TextStream } from '../training/progress';
import { addCourseCommands } from './courseCommands';
import { addRunsCommands } from './runsCommands';
import { addSiteCommand } from './siteCommand';
import { addTrainCommand } from './trainCommand';

/** Where a command writes: results to stdout, everything else to stderr. */
export interface CliStreams {
  stdout: TextStream;
  stderr: TextStream;
}

interface RunOptions {
  preset: string;
  seeds: string;
  out?: string;
  retrain?: boolean;
  /** --no-train */
  train: boolean;
  recorded?: boolean;
  minutes?: string;
  json?: boolean;
}

const usageCode = 2;

async function runReproduce(
  options: RunOptions,
  { stdout, stderr }: CliStreams,
  choice: Pick<ReproduceOptions, 'figures' | 'draw'>,
): Promise<ReproduceResult> {
  const { parseNumberList } = await import('../system/numberList');
  const { presetNamed } = await import('../config/presets');
  const { overallLine, terminalProgress } = await import('../training/progress');
  const { reproduce } = await import('../pages/reproduce');
  const progress = terminalProgress(stderr);
  const minutes = parseMinutes(options.minutes);
  let all: AllRuns | undefined;
  const work = (signal: AbortSignal): Promise<ReproduceResult> =>
    reproduce({
      ...choice,
      preset: presetNamed(options.preset),
      seeds: parseNumberList(options.seeds, '--seeds'),
      out: options.out,
      retrain: options.retrain,
      training: options.train,
      recorded: options.recorded,
      neededFirst: minutes !== undefined,
      signal,
      onProgress: (state) => {
        ({ all } = state);
        progress.update(state);
      },
      log: (line) => progress.done(line),
    });
  const hint = options.retrain ? ' (without --retrain)' : '';
  const left = (): string | undefined => all && overallLine(all);
  const result = await stoppable(work, { hint, minutes, left }).finally(() => progress.done());
  if (options.json) stdout.write(prettyJson(result));
  else await printResult(result, stdout);
  return result;
}

async function printResult(
  { preset, seeds, figures, claims, claimsFile, page }: ReproduceResult,
  stdout: TextStream,
): Promise<void> {
  const { verdictSummary } = await import('../claims/verdicts');
  const { verdictTable } = await import('../pages/output');
  const { presets } = await import('../config/presets');
  for (const { title, files, notes } of figures) {
    stdout.write([title, ...files.map((file) => `  ${file}`), ...notes].join('\n') + '\n\n');
  }
  stdout.write(`preset ${preset} (${presets[preset].about}), seeds ${seeds.join(', ')}\n`);
  stdout.write(`${verdictTable(claims)}\n${verdictSummary(claims)}\n${claimsFile}\n${page}\n`);
}

/** The options of every command that makes figures. */
function withRunOptions(command: Command): Command {
  return command
    .option('--preset <name>', presetChoices, defaultPreset)
    .option('--seeds <list>', 'for example 0, 0,2 or 0-2', '0')
    .option('--out <folder>', 'where the files go (default: figures/<preset>)')
    .option('--retrain', 'train also what is there already, or recorded')
    .option('--no-train', 'make do with the runs that are there')
    .option('--minutes <number>', 'stop after so long; the same command goes on from there')
    .option('--json', 'print the result as JSON');
}

function addFigureCommands(program: Command, streams: CliStreams): void {
  withRunOptions(program.command('figure'))
    .description(
      'make one figure of the paper (or several: 1,4-6), from recorded runs where there are',
    )
    .argument('<number>')
    .action(async (number: string, options: RunOptions) => {
      const { parseNumberList } = await import('../system/numberList');
      await runReproduce(options, streams, { figures: parseNumberList(number, 'figure') });
    });
  withRunOptions(program.command('reproduce'))
    .description('train here, make all figures and check the claims of the paper')
    .option('--recorded', 'draw from the runs that come with the project where they are there')
    .option('--figures <list>', 'these figures only, for example 1,4-6')
    .action(async ({ recorded = false, ...options }: RunOptions & { figures?: string }) => {
      const { parseNumberList } = await import('../system/numberList');
      const figures =
        options.figures === undefined ? undefined : parseNumberList(options.figures, '--figures');
      await runReproduce({ ...options, recorded }, streams, { figures });
    });
  withRunOptions(program.command('claims'))
    .description(
      'check the claims of the paper, without drawing; from recorded runs where there are',
    )
    .action(async (options: RunOptions) => {
      await runReproduce(options, streams, { draw: false });
    });
}

function addMachineCommands(program: Command, streams: CliStreams, exit: { code: number }): void {
  const { stdout, stderr } = streams;
  const log = (line: string): void => void stderr.write(`${line}\n`);
  program
    .command('doctor')
    .description('check this machine: engine, data, notebook kernel, browser')
    .option('--fix', 'install the engine, with --course whatever is missing')
    .option('--course', 'check all that a class needs, and run a notebook')
    .option('--json', 'print as JSON')
    .action(async (options: { fix?: boolean; course?: boolean; json?: boolean }) => {
      const { doctor } = await import('./doctor');
      const { ok } = await doctor({ ...options, log: (line) => void stdout.write(`${line}\n`) });
      exit.code = ok ? 0 : 1;
    });
  program
    .command('data')
    .description('get a data set, or check the one that is there')
    .argument('[name]', 'which one', 'cifar10')
    .option('--from <path>', 'take it from this folder or archive')
    .option('--json', 'print as JSON')
    .action(async (name: string, { from, json }: { from?: string; json?: boolean }) => {
      const { sourceNamed } = await import('../data/registry');
      const source = sourceNamed(name);
      await source.ensure({ from, log });
      const status = source.status();
      stdout.write(json ? prettyJson(status) : `${status.where}: ${status.detail}\n`);
      exit.code = status.ready ? 0 : 1;
    });
  program
    .command('bench')
    .description('time training steps; as arguments: ops, probes, training, xla')
    .argument('[args...]', 'also --case NAME, --rounds N, --pytorch, --json')
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { installEngine } = await import('../engine/install');
      await installEngine({ log });
      const { bench } = await import('../bench/bench');
      await bench(args, (line) => void stdout.write(`${line}\n`));
    });
  program
    .command('lab')
    .description('open the notebooks in JupyterLab')
    .option('--no-browser', 'open no browser window')
    .option('--port <number>', 'default: 8888, or the next free one')
    .action(async ({ browser, port }: { browser: boolean; port?: string }) => {
      const { lab } = await import('../jupyter/environment');
      exit.code = await lab({ browser, port: port === undefined ? undefined : parsePort(port) });
    });
  program
    .command('hub')
    .description(
      "a user's server on a JupyterHub (c.Spawner.cmd): see notebooks/course/TEACHING.md",
    )
    .argument('[args...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[]) => {
      const { hub } = await import('../jupyter/environment');
      // The program's own option, too: the hub gives it where its spawner is to tell more.
      const { debug } = program.opts<{ debug?: boolean }>();
      exit.code = await hub(debug ? [...args, '--debug'] : args);
    });
  program
    .command('notebooks')
    .description('run notebooks in place, from the first cell to the last (default: all of them)')
    .argument('[names...]', 'for example fig04 or course/03, or a file')
    .action(async (names: string[]) => {
      const { notebookFiles, runNotebooks } = await import('../jupyter/notebooks');
      exit.code = await runNotebooks(notebookFiles(names.length ? names : ['']));
    });
  program
    .command('test')
    .description('run the tests; arguments go to vitest')
    .argument('[args...]')
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { installEngine } = await import('../engine/install');
      await installEngine({ log });
      exit.code = await runTests(args);
    });
}

/** Runs vitest to its end and returns its exit code. */
async function runTests(args: readonly string[]): Promise<number> {
  const vitest = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  if (!existsSync(vitest)) throw new UserError('vitest is not installed: run `npm ci`');
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  const forward = (signal: NodeJS.Signals): void => {
    // Ctrl-C on a terminal reaches the child without help.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const name of stopSignals) process.on(name, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? stoppedCode));
    });
  } finally {
    for (const name of stopSignals) process.off(name, forward);
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port < 65536) return port;
  throw new UserError(`--port: ${JSON.stringify(text)} is no port; write a number from 1 to 65535`);
}

function createProgram(streams: CliStreams, exit: { code: number }): Command {
  const program = new Command('bn-lab')
    .description('"How Does Batch Normalization Help Optimization?", figure by figure')
    .option('--debug', 'show where an error comes from')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'bn-lab: ')),
    });
  addFigureCommands(program, streams);
  addTrainCommand(program, streams);
  addRunsCommands(program, streams, exit);
  addCourseCommands(program, streams, exit);
  addMachineCommands(program, streams, exit);
  addSiteCommand(program, streams);
  return program;
}

/** The exit code of an error, after it was told. */
function report(error: unknown, { stderr }: CliStreams, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageCode;
  const known = error instanceof UserError || error instanceof Stopped;
  const hint = known || debug ? '' : ' (a bug: --debug shows where)';
  stderr.write(`bn-lab: ${messageOf(error).split('\n')[0]}${hint}\n`);
  if (debug) stderr.write(`${inspect(error)}\n`);
  return error instanceof Stopped ? error.code : 1;
}

/**
 * Runs one command line (without `node` and the script) and returns its exit code: 0 only where what was asked for
 * is there, 1 after an error, 2 after a command line that makes no sense, 130 after Ctrl-C, 75 where the time of --minutes
 * was over.
 */
export async function runCli(
  argv: readonly string[],
  streams: CliStreams = process,
): Promise<number> {
  const exit = { code: 0 };
  try {
    await createProgram(streams, exit).parseAsync(argv, { from: 'user' });
    return exit.code;
  } catch (error) {
    return report(error, streams, argv.includes('--debug'));
  }
}
