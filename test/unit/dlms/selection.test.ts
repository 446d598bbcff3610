// Selective access to a profile (Blue Book 4.3.6.2.2): what is asked, in which order, when a meter refuses one way -
// and that a refused way is not asked again.
import assert from 'node:assert/strict';
import { obisOctets } from '../../../src/core/meter/obis';
import type { WantedProfile } from '../../../src/core/dlms/reading/requests';
import { decodeGetRequest } from '../../../src/core/dlms/apdu/get';
import type { ProfileModel } from '../../../src/simulator/meters/dlms/profile-model';
import { bench, thrown } from '../../support/dlms-bench';
import { explainReason } from '../../../src/words/index';

const at = (day: number): { ms: number; isLocal: true } => ({ ms: Date.UTC(2026, 9, day), isLocal: true });
const DAY: WantedProfile = { obis: obisOctets('1-0:99.1.0'), from: at(2), to: at(3), columns: [obisOctets('1.8.0')] };

/** How each request for rows selected them. */
function waysOf(requests: readonly Uint8Array[]): readonly string[] {
  return requests.flatMap((apdu) => {
    if (apdu[0] !== 0xc0 || apdu[1] !== 0x01) return [];
    const request = decodeGetRequest(apdu);
    if (request.kind !== 'normal' || request.attribute.classId !== 7 || request.attribute.attribute !== 2) return [];
    const { selection } = request.attribute;
    if (!selection) return ['whole'];
    const last = selection.parameter.type === 'structure' ? selection.parameter.value[3] : undefined;
    if (selection.selector === 2) return ['entry'];
    return [last?.type === 'array' && last.value.length > 0 ? 'range and columns' : 'range'];
  });
}

describe('selective access', () => {
  const cases: readonly (readonly [
    string,
    Partial<ProfileModel>,
    first: readonly string[],
    then: readonly string[],
  ])[] = [
    ['takes all', {}, ['range and columns'], ['range and columns']],
    ['refuses columns', { refusesColumns: true }, ['range and columns', 'range'], ['range']],
    ['refuses ranges', { refuses: [1] }, ['range and columns', 'range', 'entry', 'entry'], ['entry', 'entry']],
    ['refuses all', { refuses: [1, 2] }, ['range and columns', 'range', 'entry', 'whole'], ['whole']],
  ];
  for (const [name, profile, first, then] of cases) {
    it(`tries each way once with a meter that ${name}`, () => {
      const set = bench({ demo: { profile } });
      const read = (): readonly string[] => {
        const before = set.server.requests.length;
        const { rows, columns } = set.read({ kind: 'profile', profile: DAY });
        assert.equal(rows?.length, 97);
        assert.deepEqual(
          columns?.map(({ id }) => id),
          ['1-0:1.8.0*255'],
        );
        assert.ok(rows.every(({ values }) => values.length === 1));
        return waysOf(set.server.requests.slice(before));
      };
      assert.deepEqual([read(), read()], [first, then]);
    });
  }

  it('says so when the buffer is no list', () => {
    const buffer = obisOctets('1-0:99.1.0');
    const plain = bench();
    const objects = plain.server.options.objects.map((object) =>
      object.classId === 7 && object.instance.every((octet, i) => octet === buffer[i])
        ? {
            ...object,
            attributes: new Map([...object.attributes, [2, { type: 'unsigned', value: 7 } as const]]),
            select: () => ({ type: 'unsigned', value: 7 }) as const,
          }
        : object,
    );
    const error = thrown(() => bench({ server: { objects } }).read({ kind: 'profile', profile: DAY }));
    assert.equal(error.code, 'BAD_VALUE');
    assert.match(explainReason(error), /is unsigned, not an array/);
  });
});
