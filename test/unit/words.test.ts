// The sentences of errors: the same places to fill in every language, each a fact of its reason, and advice said once.
import assert from 'node:assert/strict';
import { errorFacts, ERRORS, failure, ReadError } from '../../src/core/wire/errors';
import { REASONS } from '../../src/core/wire/reasons';
import { catalogOf, explainError, explainReason, keysOf } from '../../src/words/index';

const LANGUAGES = ['en', 'es'] as const;
const placesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();

describe('words', () => {
  it('have a sentence for every reason and code in every language, and none for others', () => {
    for (const language of LANGUAGES) {
      const { codes, rooms } = catalogOf(language);
      assert.deepEqual(Object.keys(codes).sort(), Object.keys(ERRORS).sort());
      const reasons = Object.values(rooms).flatMap((room) => Object.keys(room));
      assert.deepEqual(reasons.sort(), Object.keys(REASONS).sort());
      for (const [room, words] of Object.entries(rooms))
        for (const reason of Object.keys(words)) assert.equal(reason.split('.')[0], room, reason);
    }
  });

  it('fill in facts of the reason and no others, the same in every language', () => {
    const [en, es] = LANGUAGES.map((language) => keysOf(catalogOf(language)));
    assert.deepEqual([...(en?.keys() ?? [])].sort(), [...(es?.keys() ?? [])].sort());
    for (const [key, text] of en ?? []) {
      assert.deepEqual(placesOf(es?.get(key) ?? ''), placesOf(text), key);
      const [kind, room, name] = key.split('.');
      if (kind !== 'reason') continue;
      const { facts } = REASONS[`${room}.${name}` as keyof typeof REASONS];
      for (const place of placesOf(text)) assert.ok((facts as readonly string[]).includes(place), `${key}: ${place}`);
    }
  });

  it('say a code, a reason and one advice in a sentence', () => {
    const lost = new ReadError('NO_REPLY', 'nothing came');
    const advice = 'check address, wiring, speed and parity of the port, and that the modem is on line';
    assert.equal(explainError(lost, 'en', '7'), `7: no answer: nothing came; ${advice}`);
    assert.equal(
      explainError(failure('wire.defect', { where: 'here' }), 'es'),
      'un error de la propia paleta: un estado que no puede darse: here; por favor, comuníquelo',
    );
  });

  it('tell why one reading is missing from its plain facts', () => {
    const fact = errorFacts(failure('settings.imei', { shown: '12' }));
    assert.deepEqual(JSON.parse(JSON.stringify(fact)), fact);
    assert.match(explainReason(fact), /^imei is "12", but an IMEI has 15 digits/);
    assert.match(explainReason(fact, 'es'), /^imei es «12»/);
  });

  it('never put braces of the meter into places to fill', () => {
    assert.match(explainError(failure('wire.unexpected', { text: '{subject} {where}' })), /\{subject\} \{where\}/);
  });
});
