/** What a notebook uses to show things and to be stopped. */
export type { BoardTotal } from './board';
export { liveBoard } from './board';
export type { ChartAxis, ChartOptions, ChartSeries } from './chart';
export { chart } from './chart';
export { showClaims } from './claimTable';
export type { DataFrame } from './dataFrame';
export { loadDanfo, toDataFrame } from './dataFrame';
export type { Bundle, ShowOptions, Slot, SlotOptions } from './display';
export { createSlot, showBundle } from './display';
export type { ShowFigureOptions } from './figure';
export { showFigure } from './figure';
export { interruptible, tick } from './interrupt';
export type { GivenParameters, Parameters } from './parameters';
export { parameters, ready } from './parameters';
export type { FigureRunsOptions } from './runs';
export { runsOf } from './runs';
export type { Rows, TableOptions } from './table';
export { showTable } from './table';
