/**
 * Our reading of statements that fail, in one line. Written by hand after the verdicts, and no part of them: a line is shown
 * where its statement fails, or disagrees with the one run there is.
 */
export const reasons: Readonly<Record<string, string>> = {
  'fig01-distributions':
    'Over all channels, rather than in the one or two that are drawn, BatchNorm keeps the moments of a layer nearly still, and the standard net moves by about half a standard deviation, as Ioffe and Szegedy say.',
  'fig02-noise':
    'The noise slows the standard net and does not stop it in a network as small as this.',
  'fig03-linear-standard':
    'True at the lower rate only: at 1e-6 the standard net’s gradients turn in most steps, at 1e-7 in none. The paper’s own curves show the same.',
  'fig03-linear-batchnorm':
    'They turn round rather than lose their relation: the cosine of layer 9 is near 0.8 and that of layer 17 negative, in the paper’s own curves at 1e-6 too.',
  'fig03-linear-batchnorm-low':
    'As at the higher rate: the gradients turn round rather than lose their relation.',
  'fig04-smoothness':
    'The effective smoothness is a maximum over step lengths; in minibatch training it saturates at 1 / (shortest length) = 20 in every network, so that the medians tie. The paper’s own curve fails its rule too.',
  'fig04-early':
    'The standard net sits on a plateau early in training, where nothing changes along any direction; its wide band comes with learning, later.',
  'fig04-early-wider':
    'The same plateau: early in training the standard net’s band is the narrower one.',
  'fig04-two-orders':
    'Two orders of magnitude are in no median of the paper’s own plot (2.2) nor between its maxima (6.6); early in training our standard net lies on its plateau.',
  'fig04-consistent':
    'The effective smoothness is a maximum over four quotients of one minibatch: noise reverses the order at a quarter of the steps, at 42% in the paper’s plot.',
  'fig04-grid':
    'With BatchNorm the gradient has not fully turned at the shortest step here, so that β lies below 1/η; with the shortest step left out it is at 1/η.',
  'fig05-linear-linf':
    'l-infinity is the slow one: dividing by the greatest of 1,000 values leaves outputs a third as wide, and all networks share one learning rate.',
  'fig05-linear-l1-better':
    'At full length both end at the same loss, equal to five digits; the paper shows one run of each, and seeds differ by a factor of 3.',
  'fig06-shift-l1':
    'The moments of all channels shift less than in the standard net, although more than with BatchNorm; Figure 6 draws one channel of each.',
  'fig06-gaussian-l1':
    'The histograms of the networks lie equally far from normal ones: what Figure 6 shows of one channel is not seen in the median over training.',
  'fig06-shift-l2':
    'The moments of all channels shift less than in the standard net, although more than with BatchNorm; Figure 6 draws one channel of each.',
  'fig06-gaussian-l2':
    'The histograms of the networks lie equally far from normal ones: what Figure 6 shows of one channel is not seen in the median over training.',
  'fig06-shift-linf':
    'The moments of all channels shift less than in the standard net, although more than with BatchNorm; Figure 6 draws one channel of each.',
  'fig06-gaussian-linf':
    'The histograms of the networks lie equally far from normal ones: what Figure 6 shows of one channel is not seen in the median over training.',
  'fig06-wider-linf':
    'Divided by the greatest of some thousand values, an activation has a standard deviation of about a quarter.',
  'fig08b-noisy-variance':
    'Noise is drawn anew at each step and does not accumulate; over a whole training the variances of the standard net drift as far by learning.',
  'fig11-vgg':
    'At short steps the standard net on its plateau has the smaller gradient, and a change of the gradient cannot be larger than that; the order turns at long steps.',
  'fig11-vgg-relative':
    'Relative to its length the gradient does change less with BatchNorm, by about half: less than the factor of 2 that “far more” asks for.',
  'fig11-deep-linear':
    'Over 10,000 steps BatchNorm’s gradient is the longer one most of the time, and changes with its length; the standard net’s bursts are rarer than one step in twenty.',
  'fig11-deep-linear-relative':
    'Over 10,000 steps both networks are at the edge of stability most of the time, where the gradient turns round once a step.',
  'fig12-gradient-change-l1':
    'At preset laptop the standard net hardly leaves its plateau within 2,000 steps: a flat landscape is not a smooth one.',
  'fig12-gradient-change-l2':
    'At preset laptop the standard net hardly leaves its plateau within 2,000 steps: a flat landscape is not a smooth one.',
  'fig12-gradient-change-linf':
    'At preset laptop the standard net hardly leaves its plateau within 2,000 steps: a flat landscape is not a smooth one.',
  'fig12-smoothness-l1':
    'As in Figure 4: the measure saturates at 1 / (shortest length), with every normalisation and without.',
  'fig12-smoothness-l2':
    'As in Figure 4: the measure saturates at 1 / (shortest length), with every normalisation and without.',
  'fig12-smoothness-linf':
    'As in Figure 4: the measure saturates at 1 / (shortest length), with every normalisation and without.',
  'fig12-norm-none':
    'The paper’s curve is three to six times as high as the l2 norm of the change, and as high as the sum of the l2 norms of all tensors of parameters: see the rows beside this one.',
  'fig12-norm-batch':
    'The paper’s curve is three to six times as high as the l2 norm of the change, and as high as the sum of the l2 norms of all tensors of parameters: see the rows beside this one.',
  'fig12-norm-l1':
    'The paper’s curve is three to six times as high as the l2 norm of the change, and as high as the sum of the l2 norms of all tensors of parameters: see the rows beside this one.',
  'fig12-norm-l2':
    'The paper’s curve is three to six times as high as the l2 norm of the change, and as high as the sum of the l2 norms of all tensors of parameters: see the rows beside this one.',
  'fig12-norm-linf':
    'The paper’s curve is three to six times as high as the l2 norm of the change, and as high as the sum of the l2 norms of all tensors of parameters: see the rows beside this one.',
  'fig13-performance-linf': 'l-infinity again, at a learning rate that is too small for it.',
  'fig13-smoothness-linf':
    'l-infinity lies above 2/η for most of its slow training; the standard net rarely bursts.',
  'fig14-random-directions':
    'The standard net was initialised into a flat place, and is flatter along random directions to the end; only along the gradient it is the rougher one.',
  'ghorbani-eigenvalue':
    'The greatest eigenvalue is set by the learning rate, with and without BatchNorm: both networks train near 2/η.',
  'section4-factor':
    'γ begins at 1 and Glorot’s initialisation makes σ small: the factor enlarges nearly everywhere, and training changes that in few units.',
  'section4-inner': 'The sign is a coin: ⟨ŷ, ĝ⟩ is the gradient by γ, which training brings to 0.',
  'section4-smaller':
    'It follows from the factor alone: what is subtracted is too little to matter.',
  'section4-subtracted':
    'The two terms are the gradients by β and γ, squared; of a batch of thousands of positions they are a small part.',
  'theorem41-printed': 'A misprint: 1/√m where the proof gives 1/m. With 1/m both sides are equal.',
  'theorem42-second-printed':
    'A premise is missing: the step needs the norm of the gradient not to grow through BatchNorm.',
  'theorem44-printed':
    'Misprints: g² where g is meant, λ² is missing before one term and 1/m in the last.',
  'theoremC1-printed':
    'Each side takes its maximum at an input of its own; with one input for both it holds.',
  'yang-linear':
    'In layers that are linear and as wide as 10, gradients with BatchNorm grow by a few percent a layer at most; the theory is for nonlinear and wide ones.',
  'bjorck-depth':
    'Glorot’s initialisation halves the variance at every ReLU: without BatchNorm activations shrink with depth here.',
  'awais-shift':
    'The networks that hardly train have little shift: their gradients hardly change. Less shift and better training do not go together here.',
};
