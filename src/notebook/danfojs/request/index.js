'use strict';

/** danfojs reads a table from an address with it. */
function request() {
  throw new Error(
    'danfojs reads no address here: fetch the table with fetch(), then make a DataFrame of its rows, or save it and ' +
      'read the file',
  );
}
request.get = request;

module.exports = request;
