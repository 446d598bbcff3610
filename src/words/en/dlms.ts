import type { DLMS_REASONS } from '../../core/wire/reasons/dlms';
import type { WordsOf } from '../words';

export const dlms: WordsOf<typeof DLMS_REASONS> = {
  'dlms.undecodable': {
    says: "{what} at octet {at} of the meter's answer ({octets} octets)",
    advice: "note the meter's type and firmware and report it",
  },
  'dlms.expected': '{what} expected',
  'dlms.undefinedChoice': 'choice {choice} is not defined',
  'dlms.undefinedType': 'data type {type} is not defined',
  'dlms.announced': '{count} elements announced, {left} octets left',
  'dlms.octetsExpected': '{size} octets expected, {left} left',
  'dlms.nested': 'nested more than {depth} deep',
  'dlms.lengthOctets': 'length with {octets} octets',
  'dlms.octetsOver': '{count} octets too many',
  'dlms.compactEmpty': 'compact-array of elements without contents',
  'dlms.compactInside': 'compact-array inside a compact-array',
  'dlms.compactLarge': 'compact-array with too many values',
  'dlms.valuesResults': '{values} values but {results} results',
  'dlms.conformanceSize': 'conformance block of {octets} octets',
  'dlms.keyInfoChoice': 'key-info choice {choice} is not defined',
  'dlms.nextManual': 'the standard does not name this number: look it up in the manual of the meter',
  'dlms.nextDefectRegister': 'the meter itself reports a defect; read its error register and have it looked at',
  'dlms.nextObjectBusy': 'it is busy with this object; read it again later',
  'dlms.nextOtherClient': 'this client SAP may not read it; use another client or a higher authentication',
  'dlms.nextNoSuchCode': 'the meter does not have this OBIS code in that class; list its objects',
  'dlms.nextOtherClass': 'the OBIS code exists in another class; list its objects',
  'dlms.nextNothingNow': 'the object exists but has nothing to read now; read it again later',
  'dlms.nextSelection':
    'the meter does not understand the selection; ask for the whole attribute, or check class and attribute',
  'dlms.nextOtherAssociation': 'this association may not read it; use another client SAP or a higher authentication',
  'dlms.nextBlocksLost': 'the answer was lost between its blocks; read again',
  'dlms.nextBrokeOff': 'the meter broke off a long answer; read again',
  'dlms.nextLostLong': 'the meter lost the long answer; read again',
  'dlms.nextNotMade': 'the meter answers a request that was not made; another client may be at work on it: read again',
  'dlms.nextBlockDisagree': 'meter and platform disagree on the block; read again',
  'dlms.nextAlone': 'the meter does not say why; try this object alone, and with another client SAP',
  'dlms.nextCheckAccess': 'check client SAP, authentication and security',
  'dlms.nextReferencing': 'change the referencing (LN or SN), or whether this client uses ciphering',
  'dlms.nextTitle': 'the meter does not accept this client system title; enter the one it was set up with',
  'dlms.nextSap':
    'the client SAP is not one that this meter knows; try 16 (public) or ask for the one it was set up with',
  'dlms.nextCertificate': 'the meter does not know the client certificate; load it into the meter first',
  'dlms.nextServer': 'check the server (logical device) address',
  'dlms.nextLevel': 'this client SAP uses another authentication level; choose the one the meter was set up with',
  'dlms.nextPassword':
    'this client SAP needs a password or keys; choose its authentication, or read as public client 16',
  'dlms.nextWrongPassword':
    'the password or key is wrong for this client SAP: check it before the next try, for repeated attempts can lock the meter',
  'dlms.nextHls': 'this client SAP needs high level security; choose its authentication (HLS) and enter its keys',
  'dlms.nextVersion':
    'the meter speaks another version of the protocol; check that it is a DLMS/COSEM meter and that the server address is its own',
  'dlms.nextAssociationLost':
    'the association may have been lost, or this client SAP may not do it: read again, then try another client',
  'dlms.nextService':
    'the meter does not offer this service, or not without ciphering: change the referencing (LN or SN) or the security',
  'dlms.nextUnsaid': 'the meter does not say why; read again, then check client SAP and security',
  'dlms.nextFewer': 'the request was larger than the meter takes; ask for fewer objects at once',
  'dlms.nextKeys':
    'check encryption key, authentication key, security suite and client system title; with the right keys the invocation counter is too low',
  'dlms.nextCounter':
    'the invocation counter was too low, because this key was used elsewhere too: read again, and use the key in one platform only',
  'dlms.nextSapServer': 'check client SAP and server address',
  'dlms.nextTooLong': 'the meter took too long inside; read again',
  'dlms.nextLine': 'read again, then check line and modem',
  'dlms.nextKeysCounter': 'check the keys, the security suite and the invocation counter',
  'dlms.nextShort': 'the meter is short of something inside; ask for less at once, or later',
  'dlms.nextNoState': 'the meter is in no state to answer; read again later',
  'dlms.nextGone': 'the association is gone; read again',
  'dlms.nextOutOfOrder': 'the meter is out of order; have it looked at',
  'dlms.nextReferencingSap': 'change the referencing (LN or SN) or the client SAP',
  'dlms.nextNoFit': 'the answer does not fit; ask for less at once',
  'dlms.nextNoNames': 'the meter offers no short-name or no long-name service to this client; change the referencing',
  'dlms.nextList': 'list the objects of the meter and check name, class and attribute',
  'dlms.nextDefect': 'the meter itself reports a defect; have it looked at',
  'dlms.nextEmpty': 'the object has nothing to read now; read it again later',
  'dlms.nextNewer':
    'the meter wants a newer DLMS version than 6, which this client speaks; ask its maker for a setting that allows 6',
  'dlms.nextNoServices':
    'the meter offers none of the services asked for; change the referencing (LN or SN) or the client SAP',
  'dlms.nextSize': 'the meter takes no client with APDUs of this size; ask its maker for the size it wants',
  'dlms.nextLoading':
    'the meter speaks of a loading that this client did not begin; another one may be at work on it: read again later',
  'dlms.nextOtherSap': 'use another client SAP',
  'dlms.nextElse': 'the meter is at work on something else; read again later',
  'dlms.nextAgainAccess': 'read again, then check client SAP, authentication and security',
  'dlms.nextManualAccess':
    'the standard does not name this number: look it up in the manual of the meter, then check client SAP, authentication and security',
  'dlms.answered': { says: 'the meter answered {name}', advice: '{next}' },
  'dlms.answeredBusy': { says: 'the meter answered {name}', advice: '{next}' },
  'dlms.answeredDenied': { says: 'the meter answered {name}', advice: '{next}' },
  'dlms.rejected': { says: 'the meter rejected the association: {name}', advice: '{next}' },
  'dlms.rejectedForNow': { says: 'the meter rejected for now the association: {name}', advice: '{next}' },
  'dlms.rejectedDenied': { says: 'the meter rejected the association: {name}', advice: '{next}' },
  'dlms.rejectedBusy': {
    says: 'the meter rejected for now the association ({name}): it may still hold an earlier one',
    advice: 'wait until its inactivity time-out has passed and try again',
  },
  'dlms.serviceError': {
    says: 'the meter answered confirmedServiceError {service}, {name}: {value}',
    advice: '{next}',
  },
  'dlms.serviceErrorInitiate': {
    says: 'the meter answered confirmedServiceError {service}, {name}: {value}',
    advice: '{next}',
  },
  'dlms.serviceErrorAccess': {
    says: 'the meter answered confirmedServiceError {service}, {name}: {value}',
    advice: '{next}',
  },
  'dlms.exception': { says: 'the meter answered exception-response {state}, {name}', advice: '{next}' },
  'dlms.exceptionSecurity': { says: 'the meter answered exception-response {state}, {name}', advice: '{next}' },
  'dlms.exceptionCounter': {
    says: 'the meter answered exception-response {state}, {name}; it expects {counter}',
    advice: '{next}',
  },
  'dlms.notReleased':
    "the meter did not release the association ({name}); the read itself is complete, and the next one may have to wait until the meter's inactivity time-out has passed",
  'dlms.otherRelease': 'the meter answered the release with something else',
  'dlms.requestLarge': {
    says: 'this request needs {octets} octets and the meter takes {most} at most',
    advice: 'ask for less at once',
  },
  'dlms.onlyNotifications': 'the meter keeps sending notifications instead of the answer',
  'dlms.cipheredUnasked': {
    says: 'the meter answers ciphered although no security was agreed',
    advice: 'choose the security that it uses and enter its keys',
  },
  'dlms.aarqUnheard': {
    says: 'the meter refuses the association request: it answers {tag} to it, as if it had not heard it; it seems to hold to an earlier association',
    advice: 'wait for its inactivity time-out and try again; then check the referencing (LN or SN)',
  },
  'dlms.aarqSilent': {
    says: 'the meter did not answer the association request over the wrapper: {other}',
    advice:
      'wait for its inactivity time-out and try again; then check client and server numbers, and that the meter speaks the wrapper and not HDLC',
  },
  'dlms.otherClients': 'it still holds the association of client {clients}, which talked to it on this line',
  'dlms.otherClientMaybe': 'it may still hold an association that another client left open',
  'dlms.aareBroken': {
    says: 'the meter broke off its answer to the association request ({octets} octets): {why}',
    advice:
      'its answer may not fit its HDLC frame; use another authentication, or report the type and firmware to its maker',
  },
  'dlms.otherToAarq': 'the meter answered the association request with {tag}; it may still be in another association',
  'dlms.nothingGranted': {
    says: 'the meter accepted the association without granting any service (no user-information)',
    advice: 'check client SAP and authentication',
  },
  'dlms.noHighLevel':
    'the meter accepted the association without high level security although it was asked for; it is refused',
  'dlms.ownChallenge': 'the meter sent our own challenge back; the association is refused',
  'dlms.meterUnproven': { says: 'the meter did not prove that it knows the secret', advice: 'check password and keys' },
  'dlms.proofRejected': {
    says: 'the meter rejected the proof of this client ({why})',
    advice: 'check password and keys',
  },
  'dlms.challengeUnanswered': 'the meter did not answer the challenge of this client; it is refused',
  'dlms.blocksEndless': "the meter's answer exceeds {blocks} blocks or {octets} octets, and has no end",
  'dlms.blocksAnew': {
    says: "block {block} of the meter's answer came again with other octets where block {due} was due: nothing of it can be trusted",
    advice: 'set blockTransfer to off',
  },
  'dlms.blockRepeated': {
    says: 'the meter repeats block {block} of its answer ({times} times) and does not go on',
    advice: 'set blockTransfer to off',
  },
  'dlms.blockMissing': "block {block} of the meter's answer did not arrive in {tries} tries",
  'dlms.blockInterrupted': 'the meter sent {tag} in the middle of an answer in blocks',
  'dlms.clientRange': 'client {client}: over HDLC a client SAP is 1 to 127',
  'dlms.serverRange': 'server {server}: a logical device is 0 to 16383',
  'dlms.physicalRange': 'physical {physical}: a physical address is 0 to 16383',
  'dlms.addressBytes':
    'server {server} with physical {physical} does not fit into an address of length {bytes}: use more address bytes',
  'dlms.snrmRejected': {
    says: 'the meter rejects the SNRM (FRMR: {rejection}), also after a DISC; another client may hold it',
    advice: 'wait for its inactivity time-out and try again',
  },
  'dlms.connectRefused': {
    says: 'the meter refuses to connect (DM), also after a DISC: it is busy on another port, or this client SAP is not allowed',
    advice: 'wait for its inactivity time-out, then check client and server',
  },
  'dlms.snrmSilent': {
    says: 'no answer to SNRM of client {client} at server address {tried} (server {server}, physical address {physical})',
    advice:
      'a meter keeps silent when its HDLC address or its client is another: leave addressBytes auto, and try the usual values, which are client 16 (public) or 1 (management, reading with a password), server 1, and as physical address 16, 17 or the last two to four digits of the serial number, or 127 when this is the only meter on the line; then check baud rate, 8N1, wiring and whether it wants mode e',
  },
  'dlms.snrmDamaged': {
    says: 'no answer to SNRM of client {client} at server address {tried} (server {server}, physical address {physical}), but {bytes} bytes of something else',
    advice:
      'check baud rate and parity; a meter keeps silent when its HDLC address or its client is another: leave addressBytes auto, and try the usual values, which are client 16 (public) or 1 (management, reading with a password), server 1, and as physical address 16, 17 or the last two to four digits of the serial number, or 127 when this is the only meter on the line; then check baud rate, 8N1, wiring and whether it wants mode e',
  },
  'dlms.rejectControl': 'unknown control field',
  'dlms.rejectInformation': 'information where none is allowed',
  'dlms.rejectLong': 'information field too long',
  'dlms.rejectNr': 'N(R) that answers nothing sent',
  'dlms.rejectUnsaid': 'no reason given',
  'dlms.nextReport': 'note the type and firmware of the meter and report it',
  'dlms.nextNumbers':
    'look for another client on this line, or try the quirk that the meter has with its numbers (frozenNs, frozenNr)',
  'dlms.range': '{name} {value}: it is {min} to {max}',
  'dlms.severalMeters': {
    says: 'more than one meter answers the all-station address ({first}; {second})',
    advice: 'give the physical address of the one to read',
  },
  'dlms.foreignFrames':
    '{count} frames arrived that belong to nothing asked: another client or a pushing meter fills the line',
  'dlms.frameLostUnnumbered':
    'a frame was lost, and this meter numbers none of them (quirk frozenNs): the read has to begin anew',
  'dlms.frameLostBetween': 'a new answer began before the last one ended: a frame between them was lost',
  'dlms.endedMiddle': {
    says: 'the meter ended the connection in the middle (DM): its inactivity time-out ran out, it restarted, or another client took it over',
    advice: 'read again, and see that no other client uses this line',
  },
  'dlms.frameRejected': {
    says: 'the meter rejects a frame and waits for a new connection (FRMR: {rejection})',
    advice: 'read again, and if it comes again {next}',
  },
  'dlms.fellSilent': {
    says: 'the meter was connected and then fell silent: it answered neither the request nor the polls after it',
    advice: 'read again, and check the line if that comes again',
  },
  'dlms.repeats': {
    says: 'the meter repeats frames or sends damaged ones, and its answer does not get on',
    advice: 'check the line, and the quirk frozenNs if the meter numbers all frames 0',
  },
  'dlms.neverAcknowledges': {
    says: 'the meter answers, but never acknowledges the request',
    advice: 'check the line, and the quirk frozenNr if its N(R) stands still',
  },
  'dlms.misnumbered': {
    says: 'the meter gives its answer the number of the frame before',
    advice: 'set the quirk frozenNs if it numbers all frames 0, else check the line',
  },
  'dlms.notReady': {
    says: 'the meter says it is busy (RNR) and did not get ready in time',
    advice: 'read again later, or give it more time',
  },
  'dlms.noAnswerYet': {
    says: 'the meter took in the request, but had no answer to it in time',
    advice: 'give it more time, or ask for less at once',
  },
  'dlms.answerLarge': "the meter's answer grew beyond {octets} octets without an end",
  'dlms.wPort': '{name} {port}: a wPort is 0 to 65535',
  'dlms.wrapperSilent': {
    says: 'the meter did not answer over the wrapper',
    advice: 'check client and server numbers, and that the meter speaks the wrapper and not HDLC',
  },
  'dlms.wrapperCut':
    '{bytes} bytes arrived, but no complete wrapper frame for this client: the meter may speak HDLC, or the connection cut the answer',
  'dlms.keyPassword': 'the password',
  'dlms.keyAuthentication': 'the authentication key',
  'dlms.keyEncryption': 'the encryption key',
  'dlms.keyDedicated': 'the dedicated key',
  'dlms.keyMaster': 'the master key',
  'dlms.keySigning': 'the private signing key of this client',
  'dlms.keyAgreement': 'the private agreement key of this client',
  'dlms.keyMeterSigning': 'the public signing key of the meter',
  'dlms.keyMeterAgreement': 'the public agreement key of the meter',
  'dlms.keyHighLevel': "the function of the meter's manufacturer",
  'dlms.authenticationNeeds': 'authentication {authentication} needs {key}',
  'dlms.securityNeeds': 'security {security} needs {key}',
  'dlms.needsTitle': 'this authentication or security needs a client system title of 8 octets',
  'dlms.keySize': '{key} has {octets} octets; security suite {suite} needs {needed}',
  'dlms.noCurveKey':
    '{key} is no key of P-256 or P-384: a private key is the scalar (32 or 48 octets), a public one x and y (64 or 96)',
  'dlms.signingNeeds': 'signing needs {key}',
  'dlms.compressed': {
    says: 'the meter sent a compressed APDU; compression is not supported',
    advice: 'switch it off in the security policy of the meter',
  },
  'dlms.otherSuite': {
    says: 'the meter uses security suite {theirs}, this reader is set to {ours}',
    advice: 'correct the suite',
  },
  'dlms.lessProtection':
    'the meter answered with less protection than agreed ({came} instead of {least}); its answer is refused',
  'dlms.wrongTag': {
    says: 'the authentication tag of the answer is wrong',
    advice: 'check authentication key, encryption key and security suite',
  },
  'dlms.needsKey': '{what} needs {key}',
  'dlms.thisAuthentication': 'this authentication',
  'dlms.thisSecurity': 'this security',
  'dlms.signing': 'signing',
  'dlms.wrapping': 'a wrapped key',
  'dlms.agreement': 'key agreement',
  'dlms.agreementEphemeral': 'key agreement with an ephemeral key',
  'dlms.curvePoint': 'the public key of the other side is no point of the curve',
  'dlms.curveKeySize':
    'an elliptic-curve key has 32 octets (P-256) or 48 (P-384), its public key twice as many; check the keys',
  'dlms.meterCurvePoint': 'the public key of the meter is no point of the curve; check it',
  'dlms.unprotected': 'the meter answered without the protection agreed; its answer is refused',
  'dlms.unsigned': 'the meter answered without the signature agreed; its answer is refused',
  'dlms.wrongSignature': {
    says: 'the signature of the answer is wrong',
    advice: 'check the public signing key of the meter',
  },
  'dlms.wrongService': {
    says: 'the deciphered answer is not the service its tag names',
    advice: 'check the encryption key',
  },
  'dlms.counterBack':
    "the answer's invocation counter {counter} is not above {last}, heard before: a repeated or recorded answer is refused",
  'dlms.otherTitle': {
    says: 'the answer carries the system title of another meter',
    advice: 'check the server address',
  },
  'dlms.ephemeralUnsigned': {
    says: "the meter's ephemeral key is not signed by it",
    advice: 'check its public signing key',
  },
  'dlms.counterUsedUp': {
    says: 'the invocation counter of this key is used up',
    advice: 'change the encryption key of the meter',
  },
  'dlms.noMeterTitle': {
    says: 'the meter did not tell its system title',
    advice: "enter the meter's system title (8 octets)",
  },
  'dlms.meterSigns': 'the meter signs its answers; enter its public signing key',
  'dlms.dedicatedUnagreed': 'the meter answers under a dedicated key, and none was agreed',
  'dlms.meterWraps': 'the meter wraps its keys; enter the master key',
  'dlms.wrappedUnopened': 'the wrapped key of the answer does not open; check the master key',
  'dlms.meterAgrees': 'the meter uses key agreement; enter the private agreement key of this client',
  'dlms.counterNearEnd':
    'the meter expects the invocation counter {counter}, almost the end of its range; if that is true its encryption key has to be changed',
  'dlms.interface': 'interface {name} is not known',
};
