/** Whether a Node is new enough: plain JavaScript, because the launcher asks before anything is compiled. */
'use strict';

/**
 * Tells whether `version` ("20.20.2") satisfies `range`, as in package.json's engines: ^major.minor and
 * >=major.minor, joined by ||.
 */
exports.nodeSatisfies = function nodeSatisfies(range, version) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, sign, leastMajor, leastMinor] = /^(\^|>=)(\d+)\.(\d+)$/.exec(part.trim()) ?? [];
    if (major === Number(leastMajor)) return minor >= Number(leastMinor);
    return sign === '>=' && major > Number(leastMajor);
  });
};
