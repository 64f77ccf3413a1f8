/** Small line charts as SVG, for outputs that change while a cell runs. */
import { escapeHtml } from '../system/escapeHtml';

/** A curve that is drawn while it grows: smoothed, and thinned so that it never has many points. */
export interface Curve {
  add(x: number, y: number): void;
  /** Smoothed points, in the order of x. */
  points(): readonly (readonly [number, number])[];
}

const mostPoints = 240;

/**
 * Makes a curve of `length` in x. Each point is the weighted mean of those before it, with weights that fall to 1/e
 * within 2% of the length. Values that are not finite are left out.
 */
export function createCurve(length: number): Curve {
  const window = length / 50;
  let points: [number, number][] = [];
  let spacing = length / mostPoints;
  let mean = 0;
  let weight = 0;
  let lastX: number | undefined;
  return {
    add(x, y) {
      if (!Number.isFinite(y)) return;
      const kept = lastX === undefined ? 0 : Math.exp(-Math.max(0, x - lastX) / window);
      weight = kept * weight + 1;
      mean += (y - mean) / weight;
      lastX = x;
      const before = points.at(-1);
      // The newest point moves until it is far enough from the one before.
      if (before && points.length > 1 && x - (points.at(-2)?.[0] ?? 0) < spacing) points.pop();
      points.push([x, mean]);
      if (points.length <= mostPoints) return;
      points = points.filter((_, i) => i % 2 === 0);
      spacing *= 2;
    },
    points: () => points,
  };
}

export interface Line {
  colour: string;
  width: number;
  /** Lengths of dashes and gaps, as SVG has them; default: none. */
  dashes?: string;
  points: readonly (readonly [number, number])[];
}

export interface Panel {
  title: string;
  /** Right end of the x axis; it begins at 0. */
  length: number;
  lines: readonly Line[];
  /** Default: from 0 to what nearly all points need, so that one spike does not flatten the rest. */
  range?: [number, number];
  format: (value: number) => string;
}

const size = { width: 350, height: 190 };
const margin = { left: 42, right: 10, top: 24, bottom: 24 };
const grey = '#666666';

/** Panels side by side. Returns the text of an SVG. */
export function drawPanels(panels: readonly Panel[]): string {
  const width = size.width * panels.length;
  const parts = panels.map((panel, i) => drawPanel(panel, i * size.width));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${size.height}" ` +
    `font-family="system-ui, sans-serif" font-size="11" fill="${grey}">${parts.join('')}</svg>`
  );
}

function drawPanel(panel: Panel, left: number): string {
  const { title, length, lines, format } = panel;
  const [low, high] = panel.range ?? rangeOf(lines);
  const plotWidth = size.width - margin.left - margin.right;
  const plotHeight = size.height - margin.top - margin.bottom;
  const atX = (x: number): number => left + margin.left + (x / length) * plotWidth;
  const atY = (y: number): number => {
    const share = (y - low) / (high - low);
    return margin.top + (1 - Math.min(1, Math.max(0, share))) * plotHeight;
  };
  const grid = niceTicks(low, high).map((y) => {
    const line = `<line x1="${atX(0)}" x2="${atX(length)}" y1="${round(atY(y))}" y2="${round(atY(y))}"`;
    const text = `<text x="${atX(0) - 6}" y="${round(atY(y) + 4)}" text-anchor="end"`;
    return `${line} stroke="${grey}" stroke-opacity=".3"/>${text}>${escapeHtml(format(y))}</text>`;
  });
  const marks = niceTicks(0, length).map((x) => {
    const anchor = x === 0 ? 'start' : 'middle';
    return `<text x="${round(atX(x))}" y="${size.height - 8}" text-anchor="${anchor}">${x}</text>`;
  });
  const curves = lines.map(({ colour, width, dashes = 'none', points }) => {
    const path = points.map(([x, y]) => `${round(atX(x))},${round(atY(y))}`).join(' ');
    const stroke = `stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dashes}"`;
    return `<polyline points="${path}" fill="none" ${stroke} stroke-linejoin="round"/>`;
  });
  const heading = `<text x="${atX(0)}" y="14" font-size="12">${escapeHtml(title)}</text>`;
  return [heading, ...grid, ...marks, ...curves].join('');
}

const round = (value: number): number => Math.round(10 * value) / 10;

function rangeOf(lines: readonly Line[]): [number, number] {
  const values = lines.flatMap(({ points }) => points.map(([, y]) => y)).sort((a, b) => a - b);
  const most = values[Math.floor(0.97 * (values.length - 1))] ?? 1;
  const low = Math.min(0, values[0] ?? 0);
  return [low, most > low ? low + 1.15 * (most - low) : low + 1];
}

/** Round numbers, three to five of them. */
export function niceTicks(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 2.5, 5, 10].find((factor) => factor * unit >= rough) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}
