/** Verdicts side by side: a row a statement, a column a preset or whatever else they are compared over. */
import type { Data } from 'plotly.js';

import type { Claim, Verdict } from '../claims/claim';
import { verdicts, verdictStyles } from '../claims/verdicts';
import type { Plot } from './figure';
import { axesOf, plotOf } from './style';

/** The rows of one column. */
export interface VerdictColumn {
  name: string;
  claims: readonly Claim[];
}

const rowHeight = 17;

/** What one run says, or nobody could measure, is no verdict. */
const decided: readonly Verdict[] = ['holds', 'fails', 'undecided'];

/** The statements that not all columns with a verdict on them judge alike, by id. */
export function differingVerdicts(columns: readonly VerdictColumn[]): string[] {
  const ids = [...new Set(columns.flatMap(({ claims }) => claims.map(({ id }) => id)))];
  return ids.filter((id) => {
    const verdicts = columns.flatMap(
      ({ claims }) => claims.find((claim) => claim.id === id)?.verdict ?? [],
    );
    return new Set(verdicts.filter((verdict) => decided.includes(verdict))).size > 1;
  });
}

/** One mark for each verdict; a statement that a column does not have leaves a gap there. */
export function verdictMatrix(
  columns: readonly VerdictColumn[],
  { title, label }: { title: string; label: string },
): Plot {
  const ids = [...new Set(columns.flatMap(({ claims }) => claims.map(({ id }) => id)))];
  const given = new Set(columns.flatMap(({ claims }) => claims.map(({ verdict }) => verdict)));
  const data = verdicts
    .filter((verdict) => given.has(verdict))
    .map((verdict): Data => {
      const { colour, symbol } = verdictStyles[verdict];
      const shown = columns.flatMap(({ name, claims }) =>
        claims.filter((claim) => claim.verdict === verdict).map((claim) => ({ name, claim })),
      );
      return {
        ...axesOf(0),
        type: 'scatter',
        mode: 'markers',
        name: verdict,
        x: shown.map(({ name }) => name),
        y: shown.map(({ claim }) => claim.id),
        text: shown.map(({ claim }) => claim.notMeasured ?? claim.measured),
        hovertemplate: '%{y}, %{x}: %{text}',
        marker: { size: 10, symbol, color: colour },
      };
    });
  const plot = plotOf(
    [
      {
        title: '',
        x: [0, 1],
        y: [0, 1],
        xaxis: {
          type: 'category',
          categoryarray: columns.map(({ name }) => name),
          categoryorder: 'array',
          side: 'top',
        },
        yaxis: {
          type: 'category',
          categoryarray: ids,
          categoryorder: 'array',
          range: [ids.length - 0.5, -0.5],
          dtick: 1,
          tickfont: { size: 11 },
        },
      },
    ],
    data,
    { title, label, width: 720, height: 160 + rowHeight * ids.length },
  );
  return { ...plot, layout: { ...plot.layout, margin: { ...plot.layout.margin, l: 210, b: 20 } } };
}
