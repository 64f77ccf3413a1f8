/** The theory of section 4 and Appendix C as functions: what the theory notebook uses. */
export * from './differences';
export * from './experiments';
export * from './facts';
export * from './figures';
export * from './lemma45';
export * from './losses';
export * from './measured';
export * from './observation43';
export * from './quadratic';
export * from './random';
export * from './realNets';
export * from './sides';
export * from './theorem41';
export * from './theorem42';
export * from './theorem44';
export * from './theoremC1';
export * from './vectors';
