/** From the numbers of figures to files: trains the runs that the store lacks, draws, checks the claims. */
import path from 'node:path';

import type { Claim } from '../claims/claim';
import { conditionRuns } from '../claims/section4';
import { runId } from '../config/hash';
import { defaultPreset, type PresetName } from '../config/presets';
import { correctedForAll, figureNumbered, figures as allFigures } from '../figures/index';
import { findOwnRun, findRun } from '../runs/store';
import { prepareFolder } from '../system/files';
import { figuresDir } from '../system/paths';
import { ensureRuns, type EnsureRunsOptions } from '../training/ensureRuns';
import { claimsOfAll } from './allClaims';
import { figureBase, writeClaims, writeFigures } from './output';
import { writePage } from './page';

/** Defaults: preset quick, seed 0 alone, nobody hears of what goes on. */
export interface ReproduceOptions extends Partial<EnsureRunsOptions> {
  /** Numbers of figures (default: all of the paper). */
  figures?: readonly number[];
  /** Where the files go (default: figures/<preset>). */
  out?: string;
  /** Write the figures' files; otherwise the claims alone (default: true). */
  draw?: boolean;
}

/** A figure that was written. */
export interface WrittenFigure {
  number: number;
  title: string;
  files: string[];
  notes: string[];
}

export interface ReproduceResult {
  preset: PresetName;
  seeds: readonly number[];
  figures: WrittenFigure[];
  claims: Claim[];
  claimsFile: string;
  /** The page that shows all of it. */
  page: string;
}

/**
 * Makes figures: trains the runs that the store lacks, writes the figures' files, claims.json and index.html.
 * Throws UserError where a figure is unknown, the folder cannot be written to (before anything is trained) or a run
 * cannot be had; where `signal` stopped it, an error too, and what is done is kept.
 */
export async function reproduce(options: ReproduceOptions = {}): Promise<ReproduceResult> {
  const { preset = defaultPreset, seeds = [0], log = () => {}, signal, draw = true } = options;
  const out = path.resolve(options.out ?? figuresDir(preset));
  const figures = options.figures?.map(figureNumbered) ?? allFigures.filter(({ ours }) => !ours);
  prepareFolder(out);
  const runs = await ensureRuns(figures, { ...options, preset, seeds, log });
  signal?.throwIfAborted();
  const drawn = figures.map((figure) => {
    const { number, title } = figure;
    const own = figure.runs(preset, seeds).flatMap((config) => runs.get(runId(config)) ?? []);
    return {
      number,
      title,
      base: figureBase(out, number),
      drawing: figure.draw(own, { preset }),
      claims: figure.claims(own),
    };
  });
  const written = draw ? await writeFigures(drawn, { signal, log }) : [];
  const ofFigures = drawn.flatMap((figure) => figure.claims);
  // They are no figure's, and taken where they are there.
  const find = options.recorded === false ? findOwnRun : findRun;
  const conditions = conditionRuns(preset, seeds).flatMap((config) => find(config) ?? []);
  const ofAll = options.figures ? [] : claimsOfAll([...runs.values(), ...conditions], seeds);
  const claims = correctedForAll([...ofFigures, ...ofAll]);
  const claimsFile = writeClaims(
    out,
    claims,
    drawn.map(({ number }) => number),
  );
  return {
    preset,
    seeds,
    figures: written.map((files, i) => {
      const { number, title, drawing } = drawn[i]!;
      return { number, title, files, notes: drawing.notes };
    }),
    claims,
    claimsFile,
    page: writePage(out, { preset }),
  };
}
