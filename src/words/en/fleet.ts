import type { FLEET_REASONS } from '../../core/wire/reasons/fleet';
import type { WordsOf } from '../words';

export const fleet: WordsOf<typeof FLEET_REASONS> = {
  'fleet.noPhone': 'no phone number is given; without one nobody could reach the modem by SMS',
  'fleet.notParameter': '"{shown}" is not the name of a parameter (for example DNS_period)',
  'fleet.wantedTwice': { says: '{name} is wanted twice', advice: 'keep one of the two' },
  'fleet.noVariable': {
    says: '{name} wants the variable {{{variable}}}, which is not given for modem {imei}',
    advice: 'set msg.variables',
  },
  'fleet.valueWrong': '{name} is "{shown}", but has to be {wanted}',
  'fleet.wantsFlag': 'on or off',
  'fleet.wantsWhole': 'a whole number',
  'fleet.wantsNumber': 'a number',
  'fleet.valueControl':
    'the value of {name} contains a line break or another control character, which would end the command and begin another',
  'fleet.valueComma': {
    says: 'the value of {name} contains a comma, which SETPARAM takes for the end of the value',
    advice: 'put it into config.txt instead',
  },
  'fleet.valueNotLatin':
    'the value of {name} contains a character that the modem cannot hold (only Latin letters, digits and signs)',
  'fleet.valueTooLong': 'the value of {name} has {length} characters; {max} are possible',
  'fleet.textTooLong': 'the text has {length} characters; a config.txt has a few thousand',
  'fleet.noText': { says: 'there is no text to check', advice: 'paste a config.txt' },
  'fleet.controlCharacter': 'contains a line break or another control character',
  'fleet.desiredEmpty': 'is empty; give parameters by name, in the node or in msg.desired',
  'fleet.desiredVaries':
    'holds variables, or [IMEI] outside of topics: one message to all modems cannot carry them; use a list',
  'fleet.rowWithoutName': 'has a row without a name',
  'fleet.overridesNoJson': 'is no JSON; for example {example}',
  'fleet.overridesNoObject': 'has to be an object with actions as names',
  'fleet.overridesNoAction': 'names "{action}", which is not an action',
  'fleet.overridesForm': 'has for {action} neither a list of commands nor an object of parameters',
  'fleet.secretsNotKept': {
    says: 'the value of {names} was not stored over the restart of the platform',
    advice: 'start the rollout again',
  },
  'fleet.noImeis': 'for a list of modems msg.imeis has to be a list of IMEIs, or of objects with imei and variables',
  'fleet.notNameValue': '{where} has to be an object of names and values',
  'fleet.notPlainValue': '{where} has to be a text, a number or true/false',
  'fleet.controlWord': 'msg.rollout is "{shown}", but has to be pause, resume, cancel, retry, remove or progress',
  'fleet.noCommand': {
    says: 'there is no command',
    advice: 'set it in the node, or send msg.payload as a text or a list of up to {max} texts',
  },
  'fleet.commandControl': {
    says: 'a command contains a control character (a line break?)',
    advice: 'send several commands as a list',
  },
  'fleet.commandNoImeis': 'for a list of modems msg.imeis has to be a list of IMEIs',
  'fleet.noBroadcastTopic': {
    says: 'the modem node names no shared AT topic (broadcastTopic)',
    advice: 'set it there, or use a list',
  },
  'fleet.repliesShared': {
    says: 'all modems reply on {topic}, so that their replies could not be told apart',
    advice: 'put [IMEI] into atrTopic',
  },
  'fleet.commandNotSent': {
    says: 'the platform was restarted before it was sent',
    advice: 'send it again, if it is still wanted',
  },
  'fleet.orderNotKept': 'nothing was sent, for it could not be written to the journal: {why}',
  'fleet.noReplyInTime': {
    says: 'no reply in {seconds} s',
    advice: 'check that the modem is on line and hears the shared topic',
  },
  'fleet.mayCutOff': {
    says: '"{command}" may cut the modem off: {why}',
    advice: 'set msg.confirm to true if you mean it',
  },
  'fleet.cancelled': 'it was stopped before its end',
  'fleet.dangerStops': 'it stops the program of the modem, which then drops off MQTT',
  'fleet.dangerBatch': 'a batch file may hold any command',
  'fleet.dangerOff': 'it switches the modem off',
  'fleet.dangerRadio': 'it switches the radio off',
  'fleet.dangerNetwork': 'it changes how the modem registers with the network',
  'fleet.dangerProgram': 'it changes the program of the modem',
  'fleet.dangerFactory': 'it restores factory settings',
  'fleet.dangerLocks': 'it locks the modem, which then takes no settings any more',
  'fleet.dangerFiles': 'it changes the files that the modem starts from',
  'fleet.dangerCertificates': 'it changes certificates or keys, without which the modem does not get to the broker',
  'fleet.dangerModule':
    'it changes a setting of the radio module itself, such as the start of its program or its bands',
  'fleet.dangerTexts': 'it changes whether text messages reach the modem',
  'fleet.dangerInterface': 'it changes how the modem is spoken to',
  'fleet.dangerParameter': '{name} decides whether the modem finds its way back to the broker',
  'fleet.dangerSmsParameter': '{name} decides whether the modem can be reached by text message',
  'fleet.dangerModeParameter': '{name} decides how long, and as what, the modem is on line',
  'fleet.dangerRestarts': { says: 'it restarts {count} modems', advice: 'set msg.confirm to true if you mean it' },
  'fleet.dangerAlias':
    'what the modem does at this name is not known here (the list of aliases gives it as NAME>AT command)',
  'fleet.broadcastDanger': {
    says: 'a wrong value of {names} would cut off all modems at once',
    advice: 'use a list, which begins with a canary',
  },
  'fleet.noWholeConfig': {
    says: 'the modem does not give its whole configuration (GETCONFIG needs firmware 7.15 or later)',
    advice: 'name the parameters to read',
  },
  'fleet.cancelledUnstored': 'it was stopped before its next step was stored',
  'fleet.journalUnread': 'the journal could not be opened: {why}',
  'fleet.journalOwned': {
    says: 'the process {pid} holds {path}',
    advice: 'let one Node-RED work in a user directory, not two',
  },
  'fleet.journalDamaged':
    'the journal has {count} damaged lines: what they held is lost, and rollouts may be told as unknown',
  'fleet.storeWaits': 'the rollout waits, for it could not be written to the journal: {why}',
  'fleet.storeNotBegun': 'the rollout was not begun, for it could not be written to the journal: {why}',
  'fleet.storeUnread': 'which rollouts are under way could not be read from the journal: {why}',
  'fleet.said': '{text}',
  'fleet.noRollout': 'no rollout is under way in this node',
  'fleet.unknownRollout': 'there is no rollout "{id}" in this node',
  'fleet.rolloutUnreadable': 'rollout {id} was under way, but what was stored of it cannot be read; check those modems',
  'fleet.broadcastInterrupted': 'the message to all modems was interrupted by a restart and not sent again',
  'fleet.busy': 'rollout {rollout} is at work on this modem',
  'fleet.all': 'all',
  'fleet.startedWith': '{count} modems',
  'fleet.wellOf': '{ok} of {total} well',
  'fleet.takenOut': 'it was taken out of the fleet',
  'fleet.neverEnded': { says: 'its time was over, and it did not end', advice: '' },
  'fleet.metersSilent': 'the meters behind it did not answer afterwards',
  'fleet.metersSilentBack': 'the meters behind it did not answer after the change; {why}',
  'fleet.oldValuesBack': 'its old values are in place again',
  'fleet.answerUnclear': "the modem's answer for {names} cannot be understood, so nothing was changed",
  'fleet.unconfirmed': {
    says: 'a wrong value of {names} can cut the modem off; nothing was changed',
    advice: 'confirm it (msg.confirm = true) if you mean it',
  },
  'fleet.cutInChange':
    'the time for this modem was over in the middle of the change; what it has now was not read back',
  'fleet.cutBeforeChange': 'its time was over before anything was changed',
  'fleet.partSent': '{why}; a part of the change was sent before, and the next try completes it',
  'fleet.refusesToSet':
    'the modem refuses to set {name} ({result}): it is locked, or its firmware does not know this parameter',
  'fleet.readsOther': '{name} reads "{now}" after it was set to "{wanted}"',
  'fleet.readsNothing': '{name} cannot be read after it was set to "{wanted}"',
  'fleet.notSetBack': '{why}; {names} could not be set back',
  'fleet.setBackAfter': 'set back after {name} was refused',
  'fleet.setBack': 'set back',
  'fleet.rebootRefused':
    'the values are stored, but the modem refuses to reboot; they may act only after its next start',
  'fleet.notGone':
    'the values are stored, but the modem did not go away to reboot; they may act only after its next start',
  'fleet.rebootInterrupted':
    'the reboot was interrupted (a restart of the platform, or a lost connection) and was not sent again: the values are stored, whether the modem rebooted is not known',
  'fleet.noReadBack':
    'the modem gave a sign of life, but does not answer AT commands here, so that its values could not be read again',
  'fleet.wrongAfterwards': 'after the change {names} has not the value that was set',
  'fleet.lostSafe': {
    says: 'the modem does not answer since the change; none of what was changed should cut it off',
    advice: 'look at its power and coverage',
  },
  'fleet.lostTexts': {
    says: 'the modem does not answer since the change',
    advice: 'send these texts from an authorised phone to restore it: {texts}',
  },
  'fleet.lostSent': {
    says: 'the modem does not answer since the change; its old values were sent by SMS, and it is not back yet',
    advice: '',
  },
  'fleet.refusesOld': 'the modem was restored by SMS, but refuses the old value of {name}',
  'fleet.restoredBySms': {
    says: 'the modem was cut off by the change; its old values were restored by SMS',
    advice: '',
  },
  'fleet.notByText': '{failure}; and it could not go by SMS: {why}',
  'fleet.unconfirmedText': 'a wrong value of {names} can cut the modem off, and that was not confirmed',
  'fleet.notTexted': 'it was not sent',
  'fleet.refusedText': '"{command}" was refused by SMS; what was texted before it is stored',
  'fleet.unsentText': '"{command}" could not be sent by SMS ({why}); what was texted before it is stored',
  'fleet.textUnanswered': 'it was sent by SMS and not answered; whether the modem carried it out is not known',
  'fleet.textRebootNotBack': 'the reboot was sent by SMS, and the modem is not back yet',
  'fleet.textNotBack': {
    says: 'the change was sent by SMS, and the modem is not back yet; it is not texted again',
    advice: '',
  },
  'fleet.textReadBack': 'it was sent by SMS, for MQTT did not reach the modem; read back over MQTT',
  'fleet.rebootUnknown':
    'the reboot was interrupted (a restart of the platform, or a lost connection); it was not sent again, and whether the modem rebooted is not known',
  'fleet.refusesReboot': 'the modem refuses {commands}',
  'fleet.lostReboot': { says: 'the modem does not answer since the reboot', advice: 'look at its power and coverage' },
  'fleet.stayed': 'the modem took the command, but did not go away to reboot',
  'fleet.commandInterrupted':
    '"{command}" was interrupted (a restart of the platform, or a lost connection); it was not sent again, and whether the modem carried it out is not known',
  'fleet.refusesCommand': 'the modem refuses "{command}" ({result})',
  'fleet.silentToAll': {
    says: 'no reply to the message that went to all modems',
    advice: 'check that the modem is on line and hears the shared topic',
  },
  'fleet.presenceUnread':
    'what is known of the modems could not be read from the context store: {why}; it works on without, and tries again',
  'fleet.presenceUnwritten':
    'what is known of the modems could not be written to the context store: {why}; it works on without, and tries again',
  'fleet.tooManyModems': {
    says: 'all {max} places of the fleet are taken',
    advice: 'forget modems that are gone, or say with {"modems": [...]} which ones may have a place',
  },
  'fleet.mapping': { says: 'mapping {why}', advice: 'write for example {example}' },
  'fleet.notJson': 'is no JSON',
  'fleet.notObject': 'has to be an object',
  'fleet.mappingField': 'has "{shown}", but knows only {known}',
  'fleet.mappingKeys': 'needs for "{name}" a key of the message, or a list of up to {max}',
  'fleet.filter': 'the filter {why}',
  'fleet.filterForm': 'has to be a text or an object, for example {example}',
  'fleet.filterText': 'needs a text for "{key}"',
  'fleet.filterChoice': 'needs one of {choices} for "{key}"',
  'fleet.filterWhole': 'needs a whole number for "{key}"',
  'fleet.filterState': 'knows no state "{shown}"; there are {known}',
  'fleet.statusQuery':
    'msg.payload has to be "snapshot", "counts", or an object with filter, imei, names, forget or modems',
  'fleet.allowedForm': 'modems has to be a list of IMEIs, or null to let any modem have a place',
  'fleet.allowedUnwritten':
    'the list of the modems that may have a place could not be written to the context store: {why}; it holds until the next restart',
  'fleet.namesForm': 'names has to be a list of objects with imei, name, lat and lon, or an object with IMEIs as keys',
  'fleet.namesUnusable': {
    says: 'names has nothing usable for "{shown}"',
    advice: 'give name, or lat and lon in degrees',
  },
  'fleet.unknownEvent': 'has "{shown}", but there are only {known}',
  'fleet.namesLine':
    'has a mistake in line {line}: write IMEI, name, latitude, longitude (degrees with a point), for example "353234028103206, main board, 40.4168, -3.7038"',
  'fleet.smsQueueFull': '{waiting} text messages wait already',
  'fleet.noNumber': {
    says: 'the phone number of modem {imei} is not known',
    advice: 'add it to the list of the mtx-sms node, or send it as msg.phone',
  },
  'fleet.notObeyed': {
    says: 'modem {imei} obeys {valid} (SMS_validPhone), and not {senders}; it would ignore the text message, so none was sent',
    advice: 'add the number to the modem, or set msg.confirm to true',
  },
  'fleet.notObeyedSent':
    'modem {imei} obeys {valid} (SMS_validPhone), and not {senders}; the text message is sent all the same, as confirmed',
  'fleet.nobody': 'nobody',
  'fleet.senderUnset':
    'the number that the text messages come from is not set, so it cannot be checked that modems obey it (SMS_validPhone)',
  'fleet.senderUnsure':
    'it is not known whether modem {imei} obeys {sender}: that number has to be one of its SMS_validPhone',
  'fleet.cancelledBeforeText': 'it was cancelled before it was sent',
  'fleet.cancelledAfterText': 'the text message was on its way already',
  'fleet.gatewayUnsure': 'the gateway modem did not confirm that it sent the text message; it may have',
  'fleet.textNotAnswered':
    'the modem did not answer the text message "{text}" in {seconds} s; it may have carried it out, or still will',
  'fleet.textNotAwaited': 'it was sent by text message, and no answer is waited for',
  'fleet.hourLimit':
    '{perHour} text messages were sent within an hour, which is the limit set here; the next one is possible in {minutes} min',
  'fleet.number': 'the phone number "{shown}" {why}',
  'fleet.numberIncomplete': 'is not complete: after + come the country code and the number, 7 to 15 digits in all',
  'fleet.numberNone': 'is not one: write it as +34666123456',
  'fleet.numberNoCountry':
    'has no country code: write it as +34666123456, or set the country code for national numbers',
  'fleet.numberTrunk': 'begins with a 0 that is dialled inside the country only: write it as +{country}...',
  'fleet.numberTwoWays': 'may be national, or international without its +: write it as +{digits} or +{country}{digits}',
  'fleet.numberLength': 'has a wrong count of digits',
  'fleet.countryCode': 'the country code "{shown}" is not one: 1 to 3 digits, for example 34',
  'fleet.andNotByText': {
    says: '{failure}; and it could not go by text message: {why}',
    advice: 'look at the power and coverage of the modem',
  },
  'fleet.notSentAgain': {
    says: '{failure}; the modem answered just before, so it may have carried it out; it is not sent again by text message',
    advice: 'look before you send it again',
  },
  'fleet.alias': 'the alias "{shown}" is not written as NAME>AT command',
  'fleet.text': 'the text "{shown}" {why}',
  'fleet.textNotAt': 'does not begin with AT',
  'fleet.textNoAlias': 'is not an alias: give its name alone, for example RL0ON',
  'fleet.textEmpty': 'is empty',
  'fleet.textQuoted': 'stands in quotes: modems want it without',
  'fleet.textReboot': 'is not documented: write MTXTUNNEL AT^MTXTUNNEL=REBOOT',
  'fleet.textUnknown':
    'is nothing a modem understands: write MTXTUNNEL AT..., or mtxtunnel on, or an alias that is listed in the node',
  'fleet.textNotAscii':
    'holds letters beyond plain ASCII, which a gateway modem may garble: leave them out, or send it through a provider',
  'fleet.textUnfit': 'cannot be one text message: {why}',
  'fleet.smsControl': 'it contains a control character (a line break?); a text message to a modem is one line',
  'fleet.smsCharacter': '"{character}" is not in the alphabet of text messages (GSM 7 bit); leave it out',
  'fleet.smsPlain': '"{character}" is not in the alphabet of text messages (GSM 7 bit); write "{plain}"',
  'fleet.smsTooLong': 'it takes {septets} characters, and one message holds {max}; shorten it by {over}',
  'fleet.smsTooLongDoubled':
    'it takes {septets} characters ({doubled} and the euro sign count double), and one message holds {max}; shorten it by {over}',
  'fleet.sharedNumber':
    '{phone} is given as the number of {owner} and of {imei}; their answers could not be told apart',
  'fleet.phoneLine': 'line {line} of the phone numbers ("{shown}") is not written as: IMEI, phone number',
  'fleet.gatewayItself': {
    says: 'the gateway modem cannot send a text message to itself',
    advice: 'set msg.imei to the modem that is meant, or choose another gateway',
  },
  'fleet.gatewayRefused': 'the gateway modem {gateway} did not send the text message: {result}',
  'fleet.noGateway': 'is missing: give the IMEI of the modem that sends the text messages',
  'fleet.inboundForm':
    'a text message that came in is msg.payload as an object of from, text and at, with from and text as texts',
  'fleet.noModemSaid': { says: 'it is not said which modem is meant', advice: 'set msg.imei' },
  'fleet.phoneNotText': 'msg.phone has to be a text',
  'fleet.modemsEntry':
    'entry {index} of msg.modems is not an object of imei, phone and validPhones, with validPhones as a list where it is given',
  'fleet.noSmsText': {
    says: 'there is no text',
    advice: 'send msg.payload as a text, or as an object with command or alias',
  },
};
