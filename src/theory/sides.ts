/** Two sides of a statement, compared as float64 allows. */

/** `left <= right`, as measured. */
export interface Sides {
  left: number;
  right: number;
  /** (right - left) / scale: negative where the statement is violated, 0 where it is an equality. */
  slack: number;
  holds: boolean;
  equality: boolean;
}

/** What rounding may do: far above float64's, far below any real difference. In units of `scale`. */
export const tolerance = 1e-9;

/**
 * Compares two sides. `scale` is the size of the terms they are made of (not of their sum, which may cancel); with
 * 0 both sides are 0.
 */
export function compare(left: number, right: number, scale: number): Sides {
  const slack = scale === 0 ? 0 : (right - left) / scale;
  return { left, right, slack, holds: slack >= -tolerance, equality: Math.abs(slack) <= tolerance };
}

/** A statement's sides as columns of a table, the right side as printed beside the corrected one. */
export const columnsOf = ({
  left,
  right,
  slack,
  scale,
  printed,
}: Pick<Sides, 'left' | 'right' | 'slack'> & {
  scale: number;
  printed: Pick<Sides, 'right' | 'slack'>;
}) => ({ left, right, printed: printed.right, scale, slack, printedSlack: printed.slack });
