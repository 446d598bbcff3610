// The spec report, closed by one plain line that a script can read.
const { reporters } = require('mocha');

module.exports = class PlainClosing extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ''}`);
  }
};
