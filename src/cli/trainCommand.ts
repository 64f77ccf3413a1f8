/** The command `bn-lab train`: one run that no figure asks for, a variant of a preset. */
import type { Command } from 'commander';

import {
  deepLinearRun,
  defaultPreset,
  presetChoices,
  presetNamed,
  vggRun,
} from '../config/presets';
import { optionalGroups, type RunConfig, validateConfig } from '../config/schema';
import { UserError } from '../system/errors';
import { stoppable } from '../system/stoppable';
import { terminalProgress, type TextStream } from '../training/progress';

interface Options {
  model: string;
  preset: string;
  set: string[];
  retrain?: boolean;
}

/** `l2=0`, `normalisation=batch`, `probes.landscape.every=50`: JSON where it is, else text. */
function parseSetting(text: string): [key: string, value: unknown] {
  const [, key, written] = /^([\w.]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || written === undefined) {
    throw new UserError(`--set ${JSON.stringify(text)}: write key=value, for example --set l2=0`);
  }
  try {
    return [key, JSON.parse(written)];
  } catch {
    return [key, written];
  }
}

/**
 * Replaces a value inside a config: `probes.landscape.every`; an optional group begins with its first value. Throws
 * UserError where there is no such place.
 */
function setInside(config: RunConfig, key: string, value: unknown): void {
  const names = key.split('.');
  const last = names.pop()!;
  let place = config as unknown as Record<string, unknown>;
  for (const [i, name] of names.entries()) {
    const group = names.slice(0, i + 1).join('.');
    if (optionalGroups.includes(group)) place[name] ??= {};
    const inner = place[name];
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(place, name)) {
      throw new UserError(`--set ${key}: a config has no ${key}`);
    }
    place = inner as Record<string, unknown>;
  }
  place[last] = value;
}

/** The config of a preset with settings of one's own. Throws UserError for one that makes no sense. */
export function configWith({ model, preset, set }: Options): RunConfig {
  const settings = set.map(parseSetting);
  const isInner = ([key]: [string, unknown]): boolean => key.includes('.');
  const overrides = Object.fromEntries(settings.filter((setting) => !isInner(setting)));
  const makers: Record<string, typeof vggRun | typeof deepLinearRun> = {
    vgg: vggRun,
    deepLinear: deepLinearRun,
  };
  if (!Object.hasOwn(makers, model)) {
    throw new UserError(`--model ${model}: write vgg or deepLinear`);
  }
  const config: RunConfig = structuredClone(makers[model]!(presetNamed(preset), overrides));
  for (const [key, value] of settings.filter(isInner)) setInside(config, key, value);
  return validateConfig(config);
}

/** Adds `train`. */
export function addTrainCommand(
  program: Command,
  { stdout, stderr }: { stdout: TextStream; stderr: TextStream },
): void {
  program
    .command('train')
    .description('train one run, a variant of a preset, into the store')
    .option('--model <name>', 'vgg or deepLinear', 'vgg')
    .option('--preset <name>', presetChoices, defaultPreset)
    .option(
      '--set <key=value>',
      'change one value of the config, for example normalisation=batch, seed=3 or l2=0 (repeatable)',
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option('--retrain', 'train it also where it is there already')
    .action(async (options: Options) => {
      const config = configWith(options);
      const { ensureConfigs } = await import('../training/ensureRuns');
      const { runReport } = await import('./runsReport');
      const progress = terminalProgress(stderr);
      const [run] = await stoppable((signal) =>
        ensureConfigs([config], {
          preset: presetNamed(options.preset),
          retrain: options.retrain,
          recorded: false,
          signal,
          onProgress: (state) => progress.update(state),
          log: (line) => progress.done(line),
        }),
      ).finally(() => progress.done());
      stdout.write(runReport(run!));
    });
}
