/** The parameters cell of every notebook: what to make, from the environment where it is run without a person. */
import { defaultPreset, type PresetName, presetNamed, presets, vggRun } from '../config/presets';
import { ensureDataSets } from '../data/registry';
import { installEngine } from '../engine/install';
import { figureNumbered } from '../figures/index';
import { recordedSeeds } from '../runs/record';
import { parseNumberList } from '../system/numberList';

export interface Parameters {
  preset: PresetName;
  seeds: number[];
  /** Train also what is stored or recorded. */
  retrain: boolean;
}

export interface GivenParameters extends Partial<Parameters> {
  /** The number of the figure whose recorded seeds are the default. */
  figure?: number;
}

/** The seeds whose runs come with the project; seed 0 where none does. */
function defaultSeeds(number: number, preset: PresetName): number[] {
  const figure = figureNumbered(number);
  const needsRuns = figure.runs(preset, [0]).length > 0;
  const seeds = needsRuns ? recordedSeeds((seed) => figure.runs(preset, [seed])) : [];
  return seeds.length ? seeds : [0];
}

/**
 * The notebook's parameters: BN_PRESET, BN_SEEDS and BN_RETRAIN where they are set, else what is given here, else preset
 * quick, all seeds of the figure that are recorded (without a figure, or to train, seed 0), and what there is already is
 * not trained again. Prints one line that says what was chosen and what it costs.
 */
export function parameters({ figure, ...given }: GivenParameters = {}): Parameters {
  const { BN_PRESET, BN_SEEDS, BN_RETRAIN } = process.env;
  const preset = presetNamed(BN_PRESET ?? given.preset ?? defaultPreset);
  const retrain = BN_RETRAIN ? BN_RETRAIN !== '0' : (given.retrain ?? false);
  const fallback = figure === undefined || retrain ? [0] : defaultSeeds(figure, preset);
  const seeds = BN_SEEDS ? parseNumberList(BN_SEEDS, 'BN_SEEDS') : (given.seeds ?? fallback);
  const plural = seeds.length > 1 ? 's' : '';
  console.log(`preset ${preset}, seed${plural} ${seeds.join(', ')}: ${presets[preset].about}`);
  return { preset, seeds, retrain };
}

/** Makes ready what a notebook computes with: engine and, the preset's data set, each fetched once. */
export async function ready(preset: PresetName): Promise<void> {
  const log = (line: string): void => console.log(line);
  await installEngine({ log });
  await ensureDataSets([vggRun(preset).data], { log });
}
