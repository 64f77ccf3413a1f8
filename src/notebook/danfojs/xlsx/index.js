'use strict';

/** danfojs reads and writes Excel's files with it. */
function refuse() {
  throw new Error(
    'danfojs reads and writes no Excel files here: use CSV or JSON, which Excel opens too',
  );
}

module.exports = {
  read: refuse,
  readFile: refuse,
  writeFile: refuse,
  utils: {
    aoa_to_sheet: refuse,
    book_append_sheet: refuse,
    book_new: refuse,
    sheet_to_json: refuse,
  },
};
