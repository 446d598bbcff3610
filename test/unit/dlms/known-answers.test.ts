// What others computed: RFCs, NIST, and one APDU under an agreed key per suite, put together octet by octet from the
// standard's text with the one-step KDF of the openssl command and another library's ECDH and GCM.
import assert from 'node:assert/strict';
import { ProcessCounter } from '../../../src/core/dlms/security/counter';
import type { AssociationOptions } from '../../../src/core/dlms/security/options';
import { Protector } from '../../../src/core/dlms/security/protection';
import {
  deriveKey,
  ecdsaSign,
  ecdsaVerify,
  publicKeyOf,
  seal,
  sharedSecret,
  unseal,
  unwrapKey,
  wrapKey,
  type Suite,
} from '../../../src/core/dlms/security/primitives';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';

const filled = (size: number, octet: number): Uint8Array => new Uint8Array(size).fill(octet);
const CLIENT = '4d4d4d0000bc614e';
const METER = '4d54580000000001';
const TRANSACTION = '0000000001234567';
const GET = fromHex('c0010000080000010000ff0200');

describe('known answers', () => {
  it('key wrap: RFC 3394, 4.1 and 4.6', () => {
    for (const [kek, key, wrapped] of [
      [
        '000102030405060708090a0b0c0d0e0f',
        '00112233445566778899aabbccddeeff',
        '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5',
      ],
      [
        '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
        '00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f',
        '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21',
      ],
    ] as const) {
      assert.equal(toHex(wrapKey(fromHex(kek), fromHex(key))), wrapped);
      assert.equal(toHex(unwrapKey(fromHex(kek), fromHex(wrapped)) ?? filled(0, 0)), key);
      assert.equal(
        unwrapKey(
          fromHex(kek),
          fromHex(wrapped).map((octet, i) => (i === 9 ? octet ^ 1 : octet)),
        ),
        undefined,
      );
    }
  });

  it('GCM: test cases 4 and 16 of the GCM specification, the tag cut to 12 octets', () => {
    const iv = fromHex('cafebabefacedbaddecaf888');
    const aad = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
    const plain = fromHex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    );
    const key = 'feffe9928665731c6d6a8f9467308308';
    for (const [hex, sealed] of [
      [
        key,
        '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95a',
      ],
      [
        key + key,
        '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853',
      ],
    ] as const) {
      const sealing = { key: fromHex(hex), iv, aad };
      assert.equal(toHex(seal(sealing, plain)), sealed);
      assert.deepEqual(unseal(sealing, fromHex(sealed)), plain);
    }
  });

  it('P-384: ECDSA with SHA-384 (RFC 6979, A.2.6) and ECDH (RFC 5903, 8.2)', () => {
    const secret = fromHex(
      '6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5',
    );
    const point = fromHex(
      'ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720',
    );
    const signature = fromHex(
      '94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8',
    );
    const sample = Buffer.from('sample');
    assert.deepEqual(publicKeyOf(secret), point);
    assert.ok(ecdsaVerify(point, sample, signature) && ecdsaVerify(point, sample, ecdsaSign(secret, sample)));
    assert.ok(!ecdsaVerify(point, Buffer.from('simple'), signature));
    const own = fromHex(
      '099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194',
    );
    const peer = fromHex(
      'e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c',
    );
    assert.equal(
      toHex(sharedSecret(own, peer)),
      '11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746',
    );
  });

  const agreed = [
    {
      suite: 1,
      size: 32,
      keyOctets: 16,
      algorithm: '60857405080300',
      z: '7ae344627fbdeafffa6c811ff6ad99dadd74c941ba943004ce29092b7e0cc8d3',
      key: 'f00b209d1583bc1d653394aa79e51c81',
      sealed: '3101234568ba06641265c726b12f0a2c2e05f24903599255207ff2b4e4e8',
    },
    {
      suite: 2,
      size: 48,
      keyOctets: 32,
      algorithm: '60857405080301',
      z: '1e6fec68db544d0cfcef3a39e0c31ce0580b8fc3772662519c3a6b6eb2c6b9f78067ff833f5b18754ee8915033b4be73',
      key: 'e2cf622141b8d77b13e9ad96c1441a3ec0aa759238d6046b8a051e602cba2134',
      sealed: '3201234568fe29a0cf5eb6a7ab8d26ceab0e7f55082671a53500276d0c1b',
    },
  ] as const;
  for (const { suite, size, keyOctets, algorithm, z, key, sealed } of agreed) {
    it(`general-ciphering, static unified model, suite ${suite}: the other library's octets`, () => {
      assert.equal(toHex(sharedSecret(filled(size, 11), publicKeyOf(filled(size, 13)))), z);
      assert.equal(toHex(deriveKey(suite, fromHex(z), fromHex(`${algorithm}${CLIENT}08${TRANSACTION}${METER}`))), key);
      const protector = agreedProtector(suite, size, keyOctets);
      const header = `08${TRANSACTION}08${CLIENT}08${METER}0000`;
      assert.equal(toHex(protector.protect(GET)), `dd${header}0102010200${(sealed.length / 2).toString(16)}${sealed}`);
      const aad = concatBytes(fromHex(sealed.slice(0, 2)), filled(keyOctets, 2), fromHex(header));
      assert.deepEqual(
        unseal({ key: fromHex(key), iv: fromHex(CLIENT + sealed.slice(2, 10)), aad }, fromHex(sealed.slice(10))),
        GET,
      );
    });
    it(`general-ciphering, suite ${suite}: with aadWithoutHeader the tag covers control and authentication key alone`, () => {
      const protector = agreedProtector(suite, size, keyOctets, { hasBareAad: true });
      const protectedGet = toHex(protector.protect(GET));
      const bare = protectedGet.slice(-sealed.length);
      assert.equal(
        protectedGet,
        `dd08${TRANSACTION}08${CLIENT}08${METER}00000102010200${(sealed.length / 2).toString(16)}${bare}`,
      );
      assert.equal(bare.slice(0, -24), sealed.slice(0, -24)); // the same key stream
      const aad = concatBytes(fromHex(sealed.slice(0, 2)), filled(keyOctets, 2));
      const iv = fromHex(CLIENT + bare.slice(2, 10));
      assert.deepEqual(unseal({ key: fromHex(key), iv, aad }, fromHex(bare.slice(10))), GET);
    });
  }
});

/** A client that agrees a static key with the meter, as the other library was set up. */
function agreedProtector(
  suite: Suite,
  size: number,
  keyOctets: number,
  more: Partial<AssociationOptions> = {},
): Protector {
  return new Protector(
    {
      referencing: 'LN',
      authentication: 'none',
      security: 'auth+encrypt',
      suite,
      ciphering: 'agreed-static',
      clientTitle: fromHex(CLIENT),
      meterTitle: fromHex(METER),
      credentials: {
        encryptionKey: filled(keyOctets, 1),
        authenticationKey: filled(keyOctets, 2),
        agreementKey: filled(size, 11),
        meterAgreementKey: publicKeyOf(filled(size, 13)),
      },
      counter: new ProcessCounter(0x01234567n),
      maxPdu: 0xffff,
      blockWindow: 1,
      meterMs: 1,
      hasRelease: false,
      ...more,
    },
    'auth+encrypt',
  );
}
