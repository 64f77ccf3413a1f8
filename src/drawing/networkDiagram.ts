/** Parts of a drawn diagram, in pixels of its panel: values as circles, functions as boxes, arrows between them. */
import type { Annotations, Data, Shape } from 'plotly.js';

import { axesOf, transparent } from './style';

/** A circle around a value, or a box around a function. */
export interface Node {
  /** As Plotly writes text, e.g. '<i>y</i>'. */
  label: string;
  /** Of the centre. */
  x: number;
  y: number;
  colour: string;
  /** What is shown where the pointer is on it. */
  about: string;
  /** Pixels; default 18. */
  fontSize?: number;
  /** A box; without it a circle. */
  box?: { width: number; height: number };
}

/** From one node's edge to another's. */
export interface Arrow {
  from: Node;
  to: Node;
}

/** A gradient on its way back: a straight dashed arrow below the nodes, from right to left. */
export interface BackwardArrow {
  label: string;
  /** x of both ends. */
  from: number;
  to: number;
  y: number;
}

const circleRadius = 21;
const gap = 3;
const cornerLength = 8;
const ink = '#222222';
const faint = '#777777';

/** Plotly annotations and shapes of panel `index`, whose axes count pixels. */
const refsOf = (index: number) => {
  const { xaxis, yaxis } = axesOf(index);
  return { xref: xaxis as 'x', yref: yaxis as 'y' };
};

interface Size {
  x: number;
  y: number;
}

/** Half the size of a node. */
const reach = ({ box }: Node): Size =>
  box ? { x: box.width / 2, y: box.height / 2 } : { x: circleRadius, y: circleRadius };

/** A node's outline, filled lightly. */
export function nodeShape(index: number, node: Node): Partial<Shape> {
  const { x, y, colour, box } = node;
  const half = reach(node);
  return {
    ...refsOf(index),
    type: box ? 'rect' : 'circle',
    x0: x - half.x,
    x1: x + half.x,
    y0: y - half.y,
    y1: y + half.y,
    line: { color: colour, width: box ? 1.5 : 2 },
    fillcolor: box ? transparent(colour, 0.1) : '#FFFFFF',
  };
}

/** A node's label. */
export const nodeText = (
  index: number,
  { x, y, label, fontSize = 18 }: Node,
): Partial<Annotations> => ({
  ...refsOf(index),
  x,
  y,
  text: label,
  showarrow: false,
  font: { size: fontSize, color: ink },
});

/** What is drawn for an arrow. */
export interface DrawnArrow {
  shapes: Partial<Shape>[];
  annotations: Partial<Annotations>[];
}

const arrowStyle = (color: string): Partial<Annotations> => ({
  text: '',
  showarrow: true,
  arrowhead: 2,
  arrowsize: 1.2,
  arrowwidth: 1.5,
  arrowcolor: color,
});

/** An arrow between two nodes, from edge to edge: straight, or first up or down and then sideways. */
export function drawArrow(index: number, { from, to }: Arrow): DrawnArrow {
  const { xref, yref } = refsOf(index);
  const [right, up] = [Math.sign(to.x - from.x), Math.sign(to.y - from.y)];
  const [start, end] = [from, to].map((node) => {
    const { x, y } = reach(node);
    return { x: x + gap, y: y + gap };
  }) as [Size, Size];
  const tail = { xref, yref, axref: xref, ayref: yref, ...arrowStyle(ink) };
  if (right === 0) {
    const ends = { ax: from.x, ay: from.y + up * start.y, x: to.x, y: to.y - up * end.y };
    return { shapes: [], annotations: [{ ...tail, ...ends }] };
  }
  const x = to.x - right * end.x;
  if (up === 0) {
    const ends = { ax: from.x + right * start.x, ay: from.y, x, y: to.y };
    return { shapes: [], annotations: [{ ...tail, ...ends }] };
  }
  // The arrow's own line begins a little behind its tail: the corner would stay open.
  const corner = `M${from.x},${from.y + up * start.y} V${to.y} H${from.x + right * cornerLength}`;
  return {
    shapes: [{ xref, yref, type: 'path', path: corner, line: { color: ink, width: 1.5 } }],
    annotations: [{ ...tail, ax: from.x, ay: to.y, x, y: to.y }],
  };
}

/** A gradient's dashed line, and its head with the label under it. */
export function drawBackwardArrow(
  index: number,
  { label, from, to, y }: BackwardArrow,
): DrawnArrow {
  const { xref, yref } = refsOf(index);
  const head = to + 8; // the line stops short of it: dashes would show through
  const ends = { ax: head, ay: y, x: to, y };
  const dashed = { color: faint, width: 1.5, dash: 'dash' } as const;
  return {
    shapes: [{ xref, yref, type: 'line', x0: from, x1: head, y0: y, y1: y, line: dashed }],
    annotations: [
      { xref, yref, axref: xref, ayref: yref, ...ends, ...arrowStyle(faint) },
      {
        ...{ xref, yref, x: (from + to) / 2, y, yanchor: 'top', text: label, showarrow: false },
        font: { size: 14, color: faint },
      },
    ],
  };
}

/** What the pointer finds: a mark without ink on every node, with the text that explains it. */
export const nodeTrace = (index: number, nodes: readonly Node[]): Data => ({
  ...axesOf(index),
  type: 'scatter',
  mode: 'markers',
  x: nodes.map(({ x }) => x),
  y: nodes.map(({ y }) => y),
  marker: { size: 2 * circleRadius, opacity: 0 },
  text: nodes.map(({ about }) => about),
  hovertemplate: '%{text}<extra></extra>',
});
