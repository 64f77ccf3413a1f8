/** The networks of Figure 14, and what was measured in them. */
import type { InitialisationName } from '../random/initialValues';
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { lossRange } from './landscapeCurves';
import { type Curve } from './select';

/** What tells its runs apart, besides the seed. */
export interface OpenNetwork {
  normalisation: 'none' | 'batch';
  initialisation: InitialisationName;
}

const pair = (initialisation: InitialisationName): OpenNetwork[] =>
  (['none', 'batch'] as const).map((normalisation) => ({ normalisation, initialisation }));

const [measured, otherwise] = [pair('glorotUniform'), pair('heNormal')];
/** Those whose landscape and curvature are measured, and with them those that are only trained. */
export const openNetworks = { measured, all: [...measured, ...otherwise] };

/** The runs of a network, one a seed, ascending. */
export const openRuns = (runs: readonly Run[], network: OpenNetwork): Run[] =>
  runs
    .filter(
      ({ config }) =>
        config.normalisation === network.normalisation &&
        config.initialisation === network.initialisation,
    )
    .sort((a, b) => a.config.seed - b.config.seed);

const sizeOf = (value: number): number => (Number.isNaN(value) ? Infinity : Math.abs(value));

/** A column of the curvature table against the step; the eigenvalue by its size, infinite where it overflowed. */
export function curvatureCurve(
  { tables: { curvature } }: Run,
  name: 'eigenvalue' | 'alongGradient',
): Curve {
  const values = column(curvature, name);
  return { x: column(curvature, 'step'), y: name === 'eigenvalue' ? values.map(sizeOf) : values };
}

/** The Hessian's eigenvalue that is greatest in size, with its sign; infinite where it overflowed. */
export function eigenvalueCurve({ tables: { curvature } }: Run): Curve {
  const values = column(curvature, 'eigenvalue');
  return {
    x: column(curvature, 'step'),
    y: values.map((value) => (Number.isNaN(value) ? Infinity : value)),
  };
}

/** The landscape along the random directions, as that along the gradient is read. */
const alongRandom = (run: Run): Run => ({
  ...run,
  tables: { landscape: run.tables.randomDirections },
});

/** How wide the loss ranges over the step lengths along the random direction of each step. */
export const randomRange = (run: Run): Curve => lossRange(alongRandom(run));
