/** Whether a plot is what Plotly understands: unknown attributes and wrong values are otherwise silently ignored. */
import type { Plot } from '../../src/drawing/figure';
import { plotlyPage } from '../../src/drawing/render';

interface PlotlyInPage {
  Plotly: {
    validate(data: object, layout: object): { msg: string }[] | undefined;
  };
}

/** Plotly's complaints, one message each; empty for a valid plot. Throws UserError where there is no browser. */
export async function validatePlot(plot: Plot): Promise<string[]> {
  const page = await plotlyPage();
  return page.evaluate(
    ([data, layout]) =>
      ((globalThis as unknown as PlotlyInPage).Plotly.validate(data, layout) ?? []).map(
        (complaint) => complaint.msg,
      ),
    [plot.data, plot.layout] as const,
  );
}
