/** What notebooks and other programs import: `import * as bn from 'bn-lab'`. TensorFlow is loaded at its first use. */
export type { Claim } from './claims/claim';
export { reasons } from './claims/reasons';
export {
  deepLinearRun,
  earlyLateLayers,
  equivalentLayer,
  presetNamed,
  presets,
  vggRun,
} from './config/presets';
export type { RunConfig } from './config/schema';
export { validateConfig } from './config/schema';
export { check } from './course/check';
export { studentSeed } from './course/studentSeed';
export type { Drawing, Figure, Plot } from './drawing/figure';
export { differingVerdicts, verdictMatrix } from './drawing/verdictMatrix';
export { compile, stepMode } from './engine/compile';
export { constant } from './engine/constant';
export { conv2d } from './engine/convolution';
export {
  abs,
  argMaxOfRows,
  broadcastTo,
  cast,
  gather,
  halfSquare,
  keyAt,
  maxOver,
  meanOver,
  oneHot,
  pad,
  randomNormal,
  randomUniform,
  reshape,
  rsqrt,
  sign,
  sqrt,
  square,
  sumOver,
} from './engine/elementary';
export { valueAndGradients } from './engine/gradients';
export { biasAdd, matMul, maxPool, meanOfVector, relu, softmaxCrossEntropy } from './engine/ops';
export { deviceReport } from './engine/report';
export type { Tensor, TensorFlowLibrary } from './engine/tf';
export { tf } from './engine/tf';
export type { Tensors } from './engine/tree';
export { disposeTree } from './engine/tree';
export { figureNumbered as figure, figures } from './figures/index';
export { batchNorm } from './layers/batchNorm';
export { initialWeights } from './layers/initialisation';
export { lpNorm } from './layers/lpNorm';
export { addNoise, drawNoise } from './layers/noise';
export { normalisations } from './layers/normalisation';
export { activationDensities } from './measures/histograms';
export {
  changeBand,
  effectiveSmoothness,
  greatestChange,
  landscapeSteps,
  lossBand,
  lossRange,
  sumOverNorm,
} from './measures/landscapeCurves';
export { momentCurve, spreads, typicalChange, typicalSpread } from './measures/moments';
export { curvatureCurve, randomRange } from './measures/openNetworks';
export { paperCurve } from './measures/paperCurves';
export { layerRows, windowMeans } from './measures/select';
export { shiftCurve, typicalShift } from './measures/shiftSettings';
export { mean, median, rankCorrelation, tInterval } from './measures/statistics';
export { deepLinear } from './models/deepLinear/network';
export { initialise, parameterCount, vgg } from './models/vgg';
export * from './notebook';
export { recordedClaims } from './pages/allClaims';
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
export { UserError } from './system/errors';
export * as theory from './theory';
export { deepLinearStart } from './training/deepLinearTrainer';
export { firstStep } from './training/example';
export { trainRun } from './training/trainer';
