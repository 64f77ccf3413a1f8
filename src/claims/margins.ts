/** The margins: the smallest effect at which the paper's sentence would still be a fair summary, each with its reason. */

export interface MarginOf {
  margin: number;
  marginReason: string;
}

/** On a log10 scale. */
const orders = (factor: number): number => Math.log10(factor);

/** "Smaller", "larger", "faster", "better", of a ratio. */
export const tenth: MarginOf = {
  margin: orders(1 / 0.9),
  marginReason: 'a tenth: less than that nobody would call a difference',
};

/** "Far more", "significantly higher", "especially", of a ratio. */
export const twice: MarginOf = {
  margin: orders(2),
  marginReason: 'a factor of 2: stronger words than “more” ask for more than a tenth',
};

/** Half an order of magnitude. */
export const threefold: MarginOf = {
  margin: orders(3),
  marginReason: 'a factor of 3, half an order of magnitude',
};

/** "Uncontrolled", "far more" of a quantity on a logarithmic axis. */
export const tenfold: MarginOf = { margin: 1, marginReason: 'an order of magnitude' };

/** "Close to two orders of magnitude". */
export const nearlyTwoOrders: MarginOf = {
  margin: 1.5,
  marginReason: '“close to” two orders: 1.5 on the log10 scale, from where on one rounds to 2',
};

/** "Similar, or even worse", of a ratio that could also be smaller. */
export const atLeastHalf: MarginOf = {
  margin: orders(1 / 2),
  marginReason: 'less than half as much is not similar',
};

/** A higher accuracy, in points. */
export const onePoint: MarginOf = {
  margin: 1,
  marginReason: 'one point of accuracy; the paper’s own gains are 3 to 6',
};

/** "As well", "comparable", "almost no difference": of the way beyond .7 of the gap from Standard to BatchNorm. */
export const mostOfGap: MarginOf = {
  margin: 0,
  marginReason: 'at least .7 of the gap from Standard to BatchNorm is covered',
};

/** From a network that does not train to one that does, in points. */
export const trainsOrNot: MarginOf = {
  margin: 35,
  marginReason: 'from chance with 5 points to spare (15%) to half of the images right (50%)',
};

/** A ratio that is to be a certain number. */
export const withinTenth: MarginOf = { margin: orders(1.1), marginReason: 'within 10%' };

/** A ratio that is to be of a certain size. */
export const withinTwice: MarginOf = { margin: orders(2), marginReason: 'within a factor of 2' };

/** Curves of the same course. */
export const withinHalf: MarginOf = {
  margin: orders(1.5),
  marginReason: 'within a factor of 1.5; the sum of 32 tensors can be √32 = 5.7 times their norm',
};

/** Cohen's small effect, in standard deviations. */
export const smallEffect: MarginOf = {
  margin: 0.2,
  marginReason: '.2 standard deviations, Cohen’s small effect',
};

/** A share, in percent, of which one says "always" or "consistently". */
export const nineTenths: MarginOf = { margin: 90, marginReason: 'nine times in ten' };

/** A share, in percent, of which one says "tends to" or "in general". */
export const threeQuarters: MarginOf = {
  margin: 75,
  marginReason: 'three units in four: for less one would not say it without “often”',
};
