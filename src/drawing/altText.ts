/** What a figure shows, in words: for those who do not see it, and for programs that cannot draw it. */
import type { Annotations, LayoutAxis, PlotData } from 'plotly.js';

import type { Plot } from './figure';

/** Without Plotly's tags. */
const plain = (text = ''): string =>
  text
    .replaceAll(/<br>/g, ', ')
    .replaceAll(/<[^>]+>/g, '')
    .trim();

const textOf = (title: unknown): string =>
  plain(typeof title === 'string' ? title : (title as { text?: string } | undefined)?.text);

/** The pairs of axes, in their order; a layout that names none has one. */
function panelsOf({ layout }: Plot): [Partial<LayoutAxis>, Partial<LayoutAxis>][] {
  const axes = layout as Record<string, Partial<LayoutAxis> | undefined>;
  const suffixes = Object.keys(layout).flatMap((key) => /^xaxis(\d*)$/.exec(key)?.[1] ?? []);
  return suffixes.map((suffix) => [axes[`xaxis${suffix}`] ?? {}, axes[`yaxis${suffix}`] ?? {}]);
}

/** What is written at the upper left corner of a panel. */
function headingOf(annotations: readonly Partial<Annotations>[], x: number, y: number): string {
  const found = annotations.find(
    (each) => each.xref === 'paper' && each.x === x && each.y === y && /^<b>/.test(each.text ?? ''),
  );
  return plain(found?.text);
}

/** "(a) Test accuracy: Test accuracy (%) against Step"; '' where nothing is written on a panel. */
function panelText(plot: Plot, [x, y]: [Partial<LayoutAxis>, Partial<LayoutAxis>]): string {
  const annotations = plot.layout.annotations ?? [];
  const heading = headingOf(annotations, x.domain?.[0] ?? 0, y.domain?.[1] ?? 1);
  const [across, up] = [textOf(x.title), textOf(y.title)];
  const axes = across && up ? `${up} against ${across}` : up || across;
  const logarithmic = [x, y].some(({ type }) => type === 'log') ? ' (logarithmic)' : '';
  // Of panels in a grid the inner ones are named by the outer ones.
  if (!heading && !up) return '';
  return [heading, axes && axes + logarithmic].filter(Boolean).join(': ');
}

const list = (name: string, items: readonly string[]): string[] =>
  items.length ? [`${name}: ${items.join('; ')}`] : [];

/**
 * A plot in words: title, what it is of, its panels with their axes, its curves and its slider. Pure. What is to be seen
 * in it stands in its notes and claims.
 */
export function altText(plot: Plot): string {
  const traces = plot.data as Partial<PlotData>[];
  const { layout } = plot;
  const [first] = layout.annotations ?? [];
  const label = /^<b>/.test(first?.text ?? '') ? '' : plain(first?.text);
  const panels = [...new Set(panelsOf(plot).map((panel) => panelText(plot, panel)))];
  const curves = traces.flatMap(({ name, showlegend }) =>
    name && showlegend !== false ? [plain(name)] : [],
  );
  // A diagram has no axes, and its nodes carry their explanations.
  const isDiagram = layout.xaxis?.visible === false;
  const nodes = isDiagram ? traces.flatMap(({ text }) => (Array.isArray(text) ? text : [])) : [];
  const sliders = (layout.sliders ?? []).map(({ currentvalue, steps }) => {
    const names = (steps ?? []).map(({ label: name }) => plain(name));
    return `${plain(currentvalue?.prefix)} ${names[0]} to ${names.at(-1)}`;
  });
  const sentences = [
    textOf(layout.title) || 'A figure without a title',
    ...(label ? [label] : []),
    ...list('Panels', panels.filter(Boolean)),
    ...list('Curves', [...new Set(curves)]),
    ...list('Shown', [...new Set(nodes.map(plain))]),
    ...list('Slider', sliders),
  ];
  return sentences
    .map((sentence) => sentence[0]!.toUpperCase() + sentence.slice(1).replace(/[^.?!]$/, '$&.'))
    .join(' ');
}
