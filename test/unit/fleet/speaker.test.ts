// Whose sign of life a status message is, for rollouts that wait for one.
import assert from 'node:assert/strict';
import { speakerOf } from '../../../src/core/fleet/rollout/sign-of-life';

const A = '353234028103206';
const B = '353234028103214';

describe('whose sign of life a status message is', () => {
  const rows: [what: string, template: string, topic: string, text: string, imei: string | undefined][] = [
    ['the topic tells', '[IMEI]/dns', `${A}/dns`, '{"CSQ":"18"}', A],
    ['both tell the same', '[IMEI]/dns', `${A}/dns`, `{"IMEI":"${A}"}`, A],
    ["both tell, and differ: nobody's", '[IMEI]/dns', `${A}/dns`, `{"IMEI":"${B}"}`, undefined],
    ['a number as well as a text', 'DNS', 'DNS', `[{"id": ${B}}]`, B],
    ['nobody tells', 'DNS', 'DNS', '{"CSQ":18}', undefined],
    ['a last will', '[IMEI]/dns', `${A}/dns`, 'offline', undefined],
    ['nothing', '[IMEI]/dns', `${A}/dns`, '', undefined],
  ];
  for (const [what, template, topic, text, imei] of rows)
    it(what, () => assert.equal(speakerOf(template, topic, Buffer.from(text)), imei));
});
