/** The commands of `bn-lab runs`. Each loads its own module when it runs. */
import type { Command } from 'commander';

import { defaultPreset, presetChoices } from '../config/presets';
import { UserError } from '../system/errors';
import { prettyJson } from '../system/prettyJson';

interface Streams {
  stdout: { write(text: string): unknown };
}

interface Options {
  json?: boolean;
  yes?: boolean;
  withCheckpoint?: boolean;
}

/** Adds `runs list`, `show`, `verify`, `repair`, `record`, `export`, `gather` and `remove`; a check that finds damage sets `exit.code`. */
export function addRunsCommands(
  program: Command,
  { stdout }: Streams,
  exit: { code: number },
): void {
  const print = (line: string): void => void stdout.write(`${line}\n`);
  const runs = program.command('runs').description('the runs that are stored');
  runs
    .command('list', { isDefault: true })
    .description('all runs, local and recorded')
    .option('--json', 'print as JSON')
    .action(async ({ json }: Options) => {
      const { listRuns } = await import('../runs/store');
      const { runsReport } = await import('./runsReport');
      stdout.write(json ? prettyJson(listRuns()) : runsReport(listRuns()));
    });
  runs
    .command('show')
    .description('what is known about one run')
    .argument('<id>')
    .option('--json', 'print as JSON')
    .action(async (id: string, { json }: Options) => {
      const { readRun } = await import('../runs/store');
      const { describeRun, runReport } = await import('./runsReport');
      const run = readRun(id);
      if (!run) throw new UserError(`there is no run ${id}: see \`npx bn-lab runs list\``);
      stdout.write(json ? prettyJson(describeRun(run)) : runReport(run));
    });
  runs
    .command('verify')
    .description('check every byte of one run or of all, local and recorded; exit 1 if one is bad')
    .argument('[id]')
    .option('--json', 'print as JSON')
    .action(async (id: string | undefined, { json }: Options) => {
      const { verifyRuns } = await import('../runs/verify');
      const { checkReport } = await import('./runsReport');
      const checks = verifyRuns(id);
      stdout.write(json ? prettyJson(checks) : checkReport(checks));
      exit.code = checks.some(({ problems }) => problems.length) ? 1 : 0;
    });
  runs
    .command('repair')
    .description('clear away what killed processes left; put damaged runs back to their checkpoint')
    .argument('[id]')
    .option('--yes', 'do not ask')
    .action(async (id: string | undefined, { yes }: Options) => {
      const { planRepairs, repair } = await import('../runs/repair');
      const { confirm } = await import('../runs/confirm');
      const plans = planRepairs(id);
      const steps = plans.flatMap((plan) => plan.steps);
      const lost = plans.flatMap((plan) => plan.lost);
      for (const { says } of steps) print(says);
      for (const problem of lost) print(`cannot be repaired: ${problem}`);
      exit.code = lost.length ? 1 : 0;
      if (!steps.length) {
        if (!lost.length) print('nothing to repair');
        return;
      }
      if (!(await confirm('Do this?', { yes }))) {
        print('nothing was changed');
        return;
      }
      for (const plan of plans) repair(plan);
      print(`repaired ${plans.filter((plan) => plan.steps.length).length}`);
    });
  runs
    .command('record')
    .description('put your own finished runs of a preset, as small tables, into data/recorded')
    .option('--preset <name>', presetChoices, defaultPreset)
    .option('--seeds <list>', 'for example 0, 0,2 or 0-2', '0')
    .option('--figures <list>', 'the runs of these figures only, for example 1,4-6')
    .action(async (options: { preset: string; seeds: string; figures?: string }) => {
      const { parseNumberList } = await import('../system/numberList');
      const { presetNamed } = await import('../config/presets');
      const { figureNumbered, figures } = await import('../figures/index');
      const { recordRuns } = await import('../runs/record');
      const preset = presetNamed(options.preset);
      const seeds = parseNumberList(options.seeds, '--seeds');
      const chosen = options.figures
        ? parseNumberList(options.figures, '--figures').map(figureNumbered)
        : figures.filter(({ ours }) => !ours);
      // Those of section 4's conditions are no figure's: with all figures, where they are there.
      const { conditionRuns } = await import('../claims/section4');
      const { findOwnRun } = await import('../runs/store');
      const others = options.figures ? [] : conditionRuns(preset, seeds);
      const configs = [
        ...chosen.flatMap((figure) => figure.runs(preset, seeds)),
        ...others.filter((config) => findOwnRun(config)?.manifest.status === 'done'),
      ];
      const { folder, runs: count, bytes } = recordRuns(configs, { preset });
      print(`${folder}: ${count} runs, ${(bytes / 1e6).toFixed(2)} MB`);
    });
  runs
    .command('export')
    .description('copy a run of your own into a folder, for `runs gather` on another machine')
    .argument('<id>')
    .requiredOption('--to <folder>', 'where the copy goes')
    .option('--with-checkpoint', 'copy a half-trained run too: it goes on there')
    .action(async (id: string, { to, withCheckpoint }: Options & { to: string }) => {
      const { exportRun } = await import('../runs/copy');
      print(exportRun(id, { to, withCheckpoint }));
    });
  runs
    .command('gather')
    .description(
      "take finished runs out of other folders into your own: those of a class's students",
    )
    .argument('<places...>', 'folders of runs, or with data/runs in them')
    .option('--with-checkpoint', 'take half-trained runs too: they go on here')
    .option('--json', 'print as JSON')
    .action(async (places: string[], { json, withCheckpoint }: Options) => {
      const { gatherRuns } = await import('../runs/gather');
      const found = gatherRuns(places, { withCheckpoint });
      if (json) {
        stdout.write(prettyJson(found));
        return;
      }
      const refused = found.filter(({ reason }) => reason);
      for (const { id, from, reason } of refused)
        print(id ? `${id} in ${from} is left: ${reason}` : reason);
      print(`${found.length - refused.length} runs taken`);
    });
  runs
    .command('remove')
    .description('remove a run of your own for good')
    .argument('<id>')
    .option('--yes', 'do not ask')
    .action(async (id: string, { yes }: Options) => {
      const { localRunFolder, removeRun } = await import('../runs/store');
      const { confirm } = await import('../runs/confirm');
      const folder = localRunFolder(id);
      if (!(await confirm(`Remove ${folder} for good?`, { yes }))) {
        print('nothing was removed');
        return;
      }
      removeRun(id);
      print(`removed ${id}`);
    });
}
