/** What notebooks and other programs import: `import * as bn from 'bn-lab'`. TensorFlow is loaded at its first use. */
export { recordedClaims } from './claims';
export { check } from './course/check';
export { studentSeed } from './course/studentSeed';
export { compile, stepMode } from './engine/compile';
export { constant } from './engine/constant';
export { conv2d } from './engine/convolution';
export { valueAndGradients } from './engine/gradients';
export { biasAdd, matMul, maxPool, relu, reshape, softmaxCrossEntropy } from './engine/ops';
export { deviceReport } from './engine/report';
export type { Tensor, TensorFlowLibrary } from './engine/tf';
export { tf } from './engine/tf';
export type { Tensors } from './engine/tree';
export { disposeTree } from './engine/tree';
export { UserError } from './errors';
export type { Claim, Drawing, Figure, Plot } from './figures/figure';
export { figures } from './figures/index';
export {
  changeBand,
  effectiveSmoothness,
  greatestChange,
  landscapeSteps,
  lossBand,
  lossRange,
  sumOverNorm,
} from './figures/landscapeCurves';
export { momentCurve, spreads, typicalChange, typicalSpread } from './figures/moments';
export { figureNumbered as figure } from './figures/numbered';
export { curvatureCurve, randomRange } from './figures/openNetworks';
export { paperCurve } from './figures/paperCurves';
export { reasons } from './figures/reasons';
export { activationDensities } from './figures/ridges';
export { layerRows, windowMeans } from './figures/select';
export { shiftCurve, typicalShift } from './figures/shiftSettings';
export { mean, median, rankCorrelation, tInterval } from './figures/statistics';
export { differingVerdicts, verdictMatrix } from './figures/verdictMatrix';
export { batchNorm } from './layers/batchNorm';
export { initialWeights } from './layers/initialisation';
export { lpNorm } from './layers/lpNorm';
export { addNoise, drawNoise } from './layers/noise';
export { normalisations } from './layers/normalisation';
export { deepLinear } from './models/deepLinear/network';
export { initialise, parameterCount, vgg } from './models/vgg';
export * from './notebook';
export { exampleChannel, histogram, moments } from './probes/activations';
export { covariateShiftColumns } from './probes/covariateShift';
export { curvatureColumns, makeCurvature, makeHessianTimes } from './probes/curvature';
export { linearCovariateShift, linearLandscape } from './probes/deepLinear';
export { landscapeColumns } from './probes/landscape';
export { layerGradients } from './probes/layerGradients';
export { finishedSeeds, recordedRuns, recordedSeeds } from './runs/record';
export type { Run } from './runs/run';
export { listRuns, readRun } from './runs/store';
export type { Table } from './runs/table';
export { column } from './runs/table';
export * as theory from './theory';
export type { RunConfig } from './training/config';
export { validateConfig } from './training/config';
export { deepLinearStart } from './training/deepLinearTrainer';
export { firstStep } from './training/example';
export {
  deepLinearRun,
  earlyLateLayers,
  equivalentLayer,
  presetNamed,
  presets,
  vggRun,
} from './training/presets';
export { trainRun } from './training/trainer';
