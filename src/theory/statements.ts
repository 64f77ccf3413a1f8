/** Every statement as an experiment: one random case gives one row of numbers. */
import { numericGradient, numericJacobian } from './differences';
import { factC1, factC2, normalise, normalisedOutput } from './facts';
import { lemma45 } from './lemma45';
import { observation43 } from './observation43';
import { randomLoss, randomMatrix, randomOutputs, randomUnit, type Source } from './random';
import { type Compared, compareNets, worstInputs } from './realNets';
import { compare, tolerance } from './sides';
import { theorem41 } from './theorem41';
import { theorem42 } from './theorem42';
import { theorem44 } from './theorem44';
import { theoremC1 } from './theoremC1';
import { combine, operatorOf, squaredNorm } from './vectors';

export type StatementName =
  | 'factC1'
  | 'factC2'
  | 'theorem41'
  | 'theorem42'
  | 'observation43'
  | 'theorem44'
  | 'lemma45'
  | 'theoremC1'
  | 'realGradients'
  | 'realCurvature'
  | 'realInputs';

/** One form of a statement, `left <= right`, by the columns of the table that hold its numbers. */
export interface Form {
  /** E.g. 'as printed (1/sqrt(m))'. */
  label: string;
  /** Column of (right - left) / scale: negative beyond `tolerance` where the form is violated. */
  slack: string;
  /** Columns of 0 and 1: only cases with 1 in all of them count. Default: all cases. */
  where?: readonly string[];
}

export interface Statement {
  title: string;
  forms: readonly Form[];
  /** What rounding or differences may do to a slack. */
  tolerance: number;
  /** The numbers of one case; always the same keys, among them `left` and `scale`. */
  row(source: Source): Record<string, number>;
}

/** Formulas are compared with differences here. */
const byDifferences = 1e-7;

/** How far apart two lists of numbers are, relative to the second, as the slack of an equality. */
function distance(measured: ArrayLike<number>, formula: ArrayLike<number>) {
  const [left, right] = [measured, formula].map((v) => Math.sqrt(squaredNorm(v))) as [
    number,
    number,
  ];
  return { left, right, difference: squaredNorm(combine(1, measured, -1, formula)) ** 0.5 };
}

const flat = (rows: readonly Float64Array[]): number[] => rows.flatMap((row) => [...row]);

/** The two nets' numbers with a slack each, relative to their sum. */
function comparedRow({ batchNorm, equalOutput, sameWeights }: Compared) {
  const relative = (standard: number): number =>
    compare(batchNorm, standard, Math.abs(batchNorm) + Math.abs(standard)).slack;
  return {
    left: batchNorm,
    scale: Math.abs(batchNorm),
    equalOutput,
    sameWeights,
    slack: relative(equalOutput),
    realSlack: relative(sameWeights),
  };
}

/** A random pair of nets; `shrinks` where gamma <= sigma. */
function comparedCase(source: Source, quantity: 'gradient' | 'curvature') {
  const outputs = randomOutputs(source);
  const loss = randomLoss(source, outputs.y.length);
  const { sigma } = normalise(outputs.y);
  return {
    m: outputs.y.length,
    gammaOverSigma: outputs.gamma / sigma,
    ...comparedRow(compareNets({ ...outputs, loss })[quantity]),
    shrinks: Number(outputs.gamma <= sigma),
  };
}

const comparedForms = (noun: string): Form[] => [
  { label: `${noun} not larger, at equal layer output`, slack: 'slack' },
  { label: 'the same, gamma <= sigma', slack: 'slack', where: ['shrinks'] },
  { label: `${noun} not larger, two real nets`, slack: 'realSlack' },
  { label: 'the same, gamma <= sigma', slack: 'realSlack', where: ['shrinks'] },
];

export const statements: Readonly<Record<StatementName, Statement>> = {
  factC1: {
    title: 'Fact C.1: the gradient through normalisation',
    forms: [{ label: 'formula equals differences', slack: 'slack' }],
    tolerance: byDifferences,
    row(source) {
      const { y, gamma, beta } = randomOutputs(source);
      const loss = randomLoss(source, y.length);
      const { sigma } = normalise(y);
      const through = (at: Float64Array): number => loss.value(normalisedOutput(at, gamma, beta));
      const gradient = loss.gradient(normalisedOutput(y, gamma, beta));
      const { left, right, difference } = distance(
        numericGradient(through, y, sigma),
        factC1({ y, gradient, gamma }),
      );
      const scale = Math.abs(gamma / sigma) * Math.sqrt(squaredNorm(gradient));
      return { m: y.length, left, right, scale, slack: -difference / scale };
    },
  },
  factC2: {
    title: 'Fact C.2: the Jacobian of normalisation',
    forms: [{ label: 'formula equals differences', slack: 'slack' }],
    tolerance: byDifferences,
    row(source) {
      const { y } = randomOutputs(source);
      const { sigma } = normalise(y);
      const numeric = numericJacobian((at) => normalise(at).yhat, y, sigma);
      const { left, right, difference } = distance(flat(numeric), flat(factC2({ y })));
      const scale = Math.sqrt(y.length) / sigma;
      return { m: y.length, left, right, scale, slack: -difference / scale };
    },
  },
  theorem41: {
    title: 'Theorem 4.1: the squared gradient by the outputs',
    forms: [
      { label: 'corrected (1/m)', slack: 'slack' },
      { label: 'as printed (1/sqrt(m))', slack: 'printedSlack' },
    ],
    tolerance,
    row(source) {
      const unit = randomUnit(source);
      const { left, right, slack, printed, ...rest } = theorem41(unit);
      return {
        m: unit.y.length,
        gamma: unit.gamma,
        sigma: rest.sigma,
        gammaOverSigma: rest.gammaOverSigma,
        inner: rest.inner,
        left,
        right,
        printed: printed.right,
        scale: rest.scale,
        slack,
        printedSlack: printed.slack,
        ratio: rest.ratio,
      };
    },
  },
  theorem42: {
    title: 'Theorem 4.2: the curvature along the gradient',
    forms: [
      { label: 'first form', slack: 'slack' },
      { label: 'second form', slack: 'secondSlack' },
      { label: 'second, convex, inner > 0', slack: 'secondSlack', where: ['convex', 'positive'] },
      { label: 'second, H keeps the order', slack: 'secondSlack', where: ['orderKept'] },
      {
        label: 'second, order kept, gradient shrinks',
        slack: 'secondSlack',
        where: ['orderKept', 'shrinks'],
      },
    ],
    tolerance,
    row(source) {
      const unit = randomUnit(source);
      const { left, right, slack, second, premise, inner, scale } = theorem42({
        ...unit,
        hessian: operatorOf(unit.hessian),
      });
      return {
        m: unit.y.length,
        gamma: unit.gamma,
        sigma: normalise(unit.y).sigma,
        inner,
        left,
        right,
        second: second.right,
        scale,
        slack,
        secondSlack: second.slack,
        convex: Number(unit.kind !== 'symmetric'),
        positive: Number(inner > 0),
        orderKept: Number(premise.orderKept),
        shrinks: Number(premise.shrinks),
      };
    },
  },
  observation43: {
    title: 'Observation 4.3: the same activations with gamma = sigma, beta = mu',
    forms: [{ label: 'z equals y', slack: 'slack' }],
    tolerance,
    row(source) {
      const [m, d, units] = [source.whole(2, 10), source.whole(1, 6), source.whole(1, 5)];
      const x = randomMatrix(source, m, d);
      const { gamma, difference } = observation43({ x, w: randomMatrix(source, units, d) });
      return { m, units, gamma: gamma[0]!, left: difference, scale: 1, slack: -difference };
    },
  },
  theorem44: {
    title: 'Theorem 4.4: the squared gradient by the weights, worst input',
    forms: [
      { label: 'corrected', slack: 'slack' },
      { label: 'as printed', slack: 'printedSlack' },
    ],
    tolerance,
    row(source) {
      const unit = randomUnit(source);
      const { left, right, slack, printed, scale } = theorem44(unit);
      return {
        m: unit.y.length,
        lambda: unit.lambda,
        left,
        right,
        printed: printed.right,
        scale,
        slack,
        printedSlack: printed.slack,
      };
    },
  },
  lemma45: {
    title: 'Lemma 4.5: the distance from the initial weights to an optimum',
    forms: [
      { label: 'inner > 0', slack: 'slack', where: ['positive'] },
      { label: 'inner < 0', slack: 'slack', where: ['negative'] },
      { label: 'inner > 0, units scaled apart', slack: 'perUnitSlack', where: ['positive'] },
    ],
    tolerance,
    row(source) {
      const [units, d] = [source.whole(2, 5), source.whole(1, 6)];
      const [initial, optimum] = [source.normals(units * d), source.normals(units * d)];
      const sizes = new Array<number>(units).fill(d);
      const { left, right, slack, inner, perUnit } = lemma45({ initial, optimum, units: sizes });
      const scale = squaredNorm(initial) + squaredNorm(optimum);
      return {
        units,
        inner,
        left,
        right,
        perUnit,
        scale,
        slack,
        perUnitSlack: compare(perUnit, right, scale).slack,
        positive: Number(inner > 0),
        negative: Number(inner < 0),
      };
    },
  },
  theoremC1: {
    title: 'Theorem C.1: the curvature by the weights, worst input',
    forms: [
      { label: 'one input', slack: 'fixedSlack' },
      { label: 'one input, second form of 4.2 holds', slack: 'fixedSlack', where: ['secondForm'] },
      { label: 'maxima', slack: 'slack' },
      { label: 'maxima, second form of 4.2 holds', slack: 'slack', where: ['secondForm'] },
      {
        label: 'maxima, all premises',
        slack: 'slack',
        where: ['secondForm', 'convex', 'positive'],
      },
    ],
    tolerance,
    row(source) {
      const unit = randomUnit(source);
      const { left, right, slack, fixedInput, scale, secondForm, inner } = theoremC1(unit);
      return {
        m: unit.y.length,
        lambda: unit.lambda,
        inner,
        left,
        right,
        fixedLeft: fixedInput.left,
        fixedRight: fixedInput.right,
        scale,
        slack,
        fixedSlack: fixedInput.slack,
        convex: Number(unit.kind !== 'symmetric'),
        positive: Number(inner > 0),
        secondForm: Number(secondForm),
      };
    },
  },
  realGradients: {
    title: 'The gradient by the outputs in two real nets',
    forms: comparedForms('gradient'),
    tolerance,
    row: (source) => comparedCase(source, 'gradient'),
  },
  realCurvature: {
    title: 'The curvature along the gradient in two real nets',
    forms: comparedForms('curvature'),
    tolerance,
    row: (source) => comparedCase(source, 'curvature'),
  },
  realInputs: {
    title: 'The gradient by the weights in two real nets, worst of 16 inputs',
    forms: [
      { label: 'gradient not larger, lambda < 1', slack: 'slack', where: ['small'] },
      { label: 'gradient not larger, lambda >= 1', slack: 'slack', where: ['large'] },
    ],
    tolerance,
    row(source) {
      const [m, d] = [source.whole(2, 8), source.whole(1, 6)];
      const lambda = source.magnitude(0.01, 100);
      const { batchNorm: left, standard: right } = worstInputs({
        loss: randomLoss(source, m),
        w: source.normals(d),
        gamma: 1,
        beta: 0,
        inputs: Array.from({ length: 16 }, () => randomMatrix(source, m, d)),
        lambda,
      });
      const { slack } = compare(left, right, left + right);
      return {
        m,
        lambda,
        left,
        right,
        scale: left + right,
        slack,
        small: Number(lambda < 1),
        large: Number(lambda >= 1),
      };
    },
  },
};
