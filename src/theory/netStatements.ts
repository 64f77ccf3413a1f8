/** What the theorems are read to say, "the normalised net is smoother", on pairs of nets (see realNets.ts). */
import { normalise } from './facts';
import { randomLoss, randomMatrix, randomOutputs, type Source } from './random';
import { compareNets, worstInputs } from './realNets';
import { compare, tolerance } from './sides';
import { flags, type Form, plain, type Statement } from './statements';

const equal = { left: 'left', right: 'equalOutput', slack: 'equalSlack' };
const same = { left: 'left', right: 'sameWeights', slack: 'sameSlack' };
const sides = { left: 'with batch normalisation', right: 'without' };
const where = ['shrinks'];

/** Relative to both: the two nets' numbers have no common scale. */
const relative = (left: number, right: number): number =>
  compare(left, right, Math.abs(left) + Math.abs(right)).slack;

function comparedNets(source: Source, quantity: 'gradient' | 'curvature') {
  const outputs = randomOutputs(source);
  const loss = randomLoss(source, outputs.y.length);
  const gammaOverSigma = outputs.gamma / normalise(outputs.y).sigma;
  const compared = compareNets({ ...outputs, loss })[quantity];
  const { batchNorm: left, equalOutput, sameWeights } = compared;
  return {
    m: outputs.y.length,
    gammaOverSigma,
    left,
    equalOutput,
    sameWeights,
    equalSlack: relative(left, equalOutput),
    sameSlack: relative(left, sameWeights),
    ...flags({ shrinks: gammaOverSigma <= 1 }),
  };
}

const forms = (equalProven: boolean): Form[] => [
  { label: 'equal layer output', ...equal, proven: false },
  { label: 'equal output, gamma <= sigma', ...equal, where, proven: equalProven },
  { label: 'two real nets', ...same, proven: false },
  { label: 'real nets, gamma <= sigma', ...same, where, proven: false },
];

export const realGradients: Statement = {
  name: 'Smaller gradient',
  about: 'by the outputs, with batch normalisation and without',
  forms: forms(true),
  sides,
  tolerance,
  row: (source) => comparedNets(source, 'gradient'),
};

export const realCurvature: Statement = {
  name: 'Smaller curvature',
  about: 'along the gradient, with batch normalisation and without',
  forms: forms(false),
  sides,
  tolerance,
  row: (source) => comparedNets(source, 'curvature'),
};

const inputsEach = 8;

export const realInputs: Statement = {
  name: 'Smaller gradient by the weights',
  about: `worst of ${inputsEach} inputs, with batch normalisation and without`,
  forms: [
    { label: 'lambda < 1', ...plain, where: ['small'], proven: false },
    { label: 'lambda >= 1', ...plain, where: ['large'], proven: false },
  ],
  sides,
  tolerance,
  row(source) {
    const [m, d] = [source.whole(2, 8), source.whole(1, 6)];
    const lambda = source.magnitude(0.01, 100);
    const { batchNorm: left, standard: right } = worstInputs({
      loss: randomLoss(source, m),
      w: source.normals(d),
      gamma: 1,
      beta: 0,
      inputs: Array.from({ length: inputsEach }, () => randomMatrix(source, m, d)),
      lambda,
    });
    const slack = relative(left, right);
    return { m, lambda, left, right, slack, ...flags({ small: lambda < 1, large: lambda >= 1 }) };
  },
};
