/**
 * Our reading of each statement that fails at preset quick, in one line. Written by hand after the verdicts, and no part
 * of them.
 */
export const reasons: Readonly<Record<string, string>> = {
  'fig01-distributions':
    "The standard net's activations change their scale by a large part while it leaves its plateau; the ridges of Figure 1(c), each scaled to its own height, hide that.",
  'fig02-noise':
    'The noise slows the standard net and does not stop it in a network as small as this.',
  'fig03-linear-standard':
    'True at the lower rate only: at 1e-6 the standard net’s gradients turn in most steps, at 1e-7 in none. The paper’s own curves show the same.',
  'fig03-linear-batchnorm':
    'They turn round rather than lose their relation: the cosine of layer 9 is near 0.8 and that of layer 17 negative, in the paper’s own curves at 1e-6 too.',
  'fig04-early':
    'The standard net sits on a plateau early in training, where nothing changes along any direction; its wide band comes with learning, later.',
  'fig04-two-orders':
    'Two orders of magnitude are in no median of the paper’s own plot (2.2) nor between its maxima (6.6); early in training our standard net lies on its plateau.',
  'fig04-consistent':
    'The effective smoothness is a maximum over four quotients of one minibatch: noise reverses the order at a quarter of the steps, at 42% in the paper’s plot.',
  'fig04-grid':
    'With BatchNorm the gradient has not fully turned at the shortest step here, so that β lies below 1/η; with the shortest step left out it is at 1/η.',
  'fig05-linear':
    'l-infinity is the slow one: dividing by the greatest of 1,000 values leaves outputs a third as wide, and all networks share one learning rate.',
  'fig06-shift':
    'The standard net shifts most of all while it leaves its plateau. Against BatchNorm the caption is right: the lp networks shift 2 to 15 times as far.',
  'fig06-wider':
    'Width follows from the divisor: the greatest of all values leaves l-infinity narrower than the standard net; l1 and l2 are wider.',
  'fig10-loss-range':
    'The standard net is calm most of the time and bursts now and then: its median is below BatchNorm’s, its maximum above. The paper’s network burst harder.',
  'fig11-vgg':
    'At short steps the standard net on its plateau has the smaller gradient, and a change of the gradient cannot be larger than that; the order turns at long steps.',
  'fig11-deep-linear':
    'The same: absolute changes compare the lengths of two gradients, and BatchNorm’s is the longer one.',
  'fig13-performance': 'l-infinity again, at a learning rate that is too small for it.',
  'fig13-loss-range':
    'Medians of a calm standard net against maxima of its bursts, as in Figure 10.',
  'fig13-smoothness':
    'Three normalised networks are at 2/η, and so is the standard net’s median; l-infinity is above it for most of these 2,000 steps.',
  'fig14-random-directions':
    'The standard net was initialised into a flat place, and is flatter along random directions to the end; only along the gradient it is the rougher one.',
  'theorem41-printed': 'A misprint: 1/√m where the proof gives 1/m. With 1/m both sides are equal.',
  'theorem42-second-printed':
    'A premise is missing: the step needs the norm of the gradient not to grow through BatchNorm.',
  'theorem44-printed':
    'Misprints: g² where g is meant, λ² is missing before one term and 1/m in the last.',
  'theoremC1-printed':
    'Each side takes its maximum at an input of its own; with one input for both it holds.',
  'bjorck-rate':
    'In 1,200 steps at 0.01 the standard net does not leave its plateau: the advantage at a small rate is one of starting, which a longer training would make smaller.',
  'bjorck-depth':
    'Glorot’s initialisation halves the variance at every ReLU: without BatchNorm activations shrink with depth here.',
  'yao-smoother':
    'Along the gradient BatchNorm is a little smoother, by a tenth. Half a learning rate, the shortest step of this grid, is long for a second derivative.',
  'awais-shift':
    'The networks that hardly train have little shift: their gradients hardly change. Less shift and better training do not go together here.',
};
