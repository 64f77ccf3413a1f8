/**
 * Figure 7: the two networks that section 4 compares, drawn with the symbols of src/theory. Paper, page 8. A diagram: it
 * needs no run and claims nothing by itself; the theorems about it are checked in src/theory/theoryClaims.ts.
 */
import type { Annotations, Layout, LayoutAxis, Shape } from 'plotly.js';

import type { Drawing, Figure } from '../drawing/figure';
import {
  type Arrow,
  type BackwardArrow,
  drawArrow,
  drawBackwardArrow,
  type Node,
  nodeShape,
  nodeText,
  nodeTrace,
} from '../drawing/networkDiagram';
import { normalisationColours, plotOf, type Span, transparent } from '../drawing/style';

const title = 'Figure 7: the two networks of the theory';

/** Pixels. Coordinates in a panel are pixels too, so that circles are round. */
const width = 880;
const margin = { l: 30, r: 30, t: 88, b: 20 };
const panelWidth = width - margin.l - margin.r;
const heights = { vanilla: 130, between: 50, batchNorm: 240 };
const plotHeight = heights.vanilla + heights.between + heights.batchNorm;

const grey = '#555555';
const { none, batch } = normalisationColours;

/** Columns of the nodes: both networks have x, W and y at the same places. */
const at = { x: 35, w: 112, y: 192, normalise: 312, yhat: 424, affine: 545, z: 670, loss: 768 };

const value = (node: Omit<Node, 'colour'>): Node => ({ colour: grey, ...node });

/** The rest of a network and its loss. */
const lossNode = (node: Pick<Node, 'label' | 'y' | 'colour' | 'about'>): Node => ({
  ...{ x: at.loss, box: { width: 80, height: 46 }, fontSize: 15 },
  ...node,
});

/** x, W and y, which both networks have, at height `y`. */
const layer = (y: number): [Node, Node, Node] => [
  value({
    label: '<i>x</i>',
    x: at.x,
    y,
    about: 'x: inputs of the layer, [d]; over the batch X, [m, d]',
  }),
  {
    ...{ label: '<i>W</i>', x: at.w, y, colour: grey, box: { width: 54, height: 46 } },
    about: 'W: the weights of the layer, the same in both networks',
  },
  value({
    label: '<i>y</i>',
    x: at.y,
    y,
    about: 'y = W x: outputs of the layer; of one unit over the batch, [m]',
  }),
];

/** A drawn network. */
interface Diagram {
  nodes: Node[];
  arrows: Arrow[];
  backward: BackwardArrow[];
}

/** Arrows from each node to the next. */
const chain = (nodes: readonly Node[]): Arrow[] =>
  nodes.slice(1).map((to, i) => ({ from: nodes[i]!, to }));

function vanilla(): Diagram {
  const y = 85;
  const loss = lossNode({
    ...{ label: 'loss ℒ', y, colour: none },
    about: 'ℒ: the rest of the network and its loss, as a function of y',
  });
  const nodes = [...layer(y), loss];
  return {
    nodes,
    arrows: chain(nodes),
    backward: [{ label: '∂ℒ/∂<i>y</i> = <i>ĝ</i>', from: at.loss, to: at.y, y: y - 42 }],
  };
}

function batchNorm(): Diagram {
  const y = 165;
  const below = 80;
  const box = { width: 122, height: 46 };
  const own = { colour: batch, box, fontSize: 14 };
  const normalise: Node = {
    ...{ label: '(<i>y</i> − <i>μ</i>) / <i>σ</i>', x: at.normalise, y, ...own },
    about: 'normalisation: mean 0 and standard deviation 1 over the batch',
  };
  const statistics: Node = {
    ...{ label: '<i>μ</i>, <i>σ</i> of the batch', x: at.normalise, y: below, ...own },
    about: 'μ, σ: mean and standard deviation (1/m) of y over the batch; gradients go through them',
  };
  const yhat: Node = {
    ...{ label: '<i>ŷ</i>', x: at.yhat, y, colour: batch },
    about: 'ŷ: normalised outputs, ⟨1, ŷ⟩ = 0 and ‖ŷ‖² = m',
  };
  const affine: Node = {
    ...{ label: '<i>γ ŷ</i> + <i>β</i>', x: at.affine, y, ...own },
    about: 'scale and shift',
  };
  const parameters: Node = {
    ...{ label: '<i>γ</i>, <i>β</i>', x: at.affine, y: below, colour: batch, fontSize: 15 },
    about: 'γ, β: parameters of BatchNorm, constants in the theory',
  };
  const z = value({
    label: '<i>z</i>',
    x: at.z,
    y,
    about: 'z = γ ŷ + β: what the rest of the network reads, [m]',
  });
  const loss = lossNode({
    ...{ label: 'loss ℒ̂', y, colour: batch },
    about: 'ℒ̂: the same rest of the network and loss, as a function of z',
  });
  const [x, w, output] = layer(y);
  return {
    nodes: [x, w, output, normalise, statistics, yhat, affine, parameters, z, loss],
    arrows: [
      ...chain([x, w, output, normalise, yhat, affine, z, loss]),
      { from: output, to: statistics },
      { from: statistics, to: normalise },
      { from: parameters, to: affine },
    ],
    backward: [
      { label: '∂ℒ̂/∂<i>z</i> = <i>ĝ</i>', from: at.loss, to: at.z, y: 24 },
      { label: '∂ℒ̂/∂<i>y</i> = (<i>γ</i>/<i>σ</i>) <i>P ĝ</i>', from: at.z - 14, to: at.y, y: 24 },
    ],
  };
}

/** The part of the second panel that is BatchNorm. */
const batchNormFrame: Partial<Shape> = {
  ...{ xref: 'x2', yref: 'y2', type: 'rect', layer: 'below' },
  ...{ x0: at.y + 42, x1: at.z - 42, y0: 42, y1: 228 },
  line: { color: batch, width: 1, dash: 'dot' },
  fillcolor: transparent(batch, 0.04),
};

const batchNormName: Partial<Annotations> = {
  ...{ xref: 'x2', yref: 'y2', x: at.y + 50, y: 224, text: 'BatchNorm', showarrow: false },
  ...{ xanchor: 'left', yanchor: 'top', font: { size: 13, color: batch } },
};

/** A panel of this diagram: no axes are shown, and a pixel is 1. */
interface DiagramPanel {
  name: string;
  y: Span;
  height: number;
}

const panels: readonly [DiagramPanel, DiagramPanel] = [
  {
    name: '(a) without BatchNorm',
    y: [1 - heights.vanilla / plotHeight, 1],
    height: heights.vanilla,
  },
  {
    name: '(b) with one BatchNorm',
    y: [0, heights.batchNorm / plotHeight],
    height: heights.batchNorm,
  },
];

/** In place of the usual axes: Plotly.validate objects to the style of an axis that is not shown. */
function hiddenAxes(): Partial<Layout> {
  const hidden = { visible: false, fixedrange: true };
  const [vanilla, batchNorm] = panels.map(({ y, height }): Partial<LayoutAxis> => ({
    ...hidden,
    domain: y,
    range: [0, height],
  }));
  const xaxis: Partial<LayoutAxis> = { ...hidden, domain: [0, 1], range: [0, panelWidth] };
  return {
    xaxis,
    yaxis: vanilla,
    xaxis2: { ...xaxis, anchor: 'y2' },
    yaxis2: { ...batchNorm, anchor: 'x2' },
  };
}

function draw(): Drawing {
  const diagrams = [vanilla(), batchNorm()];
  const label =
    'Values in circles, functions in boxes; dashed, the gradients on their way back, compared at equal layer output';
  const plot = plotOf(
    panels.map(({ name, y }) => ({ title: name, x: [0, 1], y, xaxis: {}, yaxis: {} })),
    diagrams.map(({ nodes }, i) => nodeTrace(i, nodes)),
    { title, label, width, height: plotHeight + margin.t + margin.b, legend: false },
  );
  const drawn = diagrams.flatMap(({ arrows, backward }, i) => [
    ...arrows.map((arrow) => drawArrow(i, arrow)),
    ...backward.map((arrow) => drawBackwardArrow(i, arrow)),
  ]);
  const layout: Partial<Layout> = {
    ...plot.layout,
    ...hiddenAxes(),
    margin,
    shapes: [
      batchNormFrame,
      ...diagrams.flatMap(({ nodes }, i) => nodes.map((node) => nodeShape(i, node))),
      ...drawn.flatMap(({ shapes }) => shapes),
    ],
    annotations: [
      ...plot.layout.annotations!,
      batchNormName,
      ...diagrams.flatMap(({ nodes }, i) => nodes.map((node) => nodeText(i, node))),
      ...drawn.flatMap(({ annotations }) => annotations),
    ],
  };
  return {
    plot: { ...plot, layout },
    points: [], // a diagram: no numbers are plotted
    notes: [
      'P removes from a gradient its mean and its part along ŷ (Fact C.1). All parameters are the same in both networks.',
    ],
  };
}

/** Figure 7 of the paper (page 8). */
export const figure07: Figure = {
  number: 7,
  title,
  claim: 'The two networks that the theory compares.',
  notebook: 'fig07-two-networks',
  runs: () => [],
  draw,
  claims: () => [],
};
