import type { DLMS_REASONS } from '../../core/wire/reasons/dlms';
import type { WordsOf } from '../words';

export const dlms: WordsOf<typeof DLMS_REASONS> = {
  'dlms.undecodable': {
    says: '{what} en el octeto {at} de la respuesta del contador ({octets} octetos)',
    advice: 'anote el tipo y firmware del contador y comuníquelo',
  },
  'dlms.expected': 'se esperaba {what}',
  'dlms.undefinedChoice': 'la opción {choice} no está definida',
  'dlms.undefinedType': 'el tipo de dato {type} no está definido',
  'dlms.announced': '{count} elementos anunciados, quedan {left} octetos',
  'dlms.octetsExpected': 'se esperaban {size} octetos, quedan {left}',
  'dlms.nested': 'anidado a más de {depth} niveles',
  'dlms.lengthOctets': 'longitud con {octets} octetos',
  'dlms.octetsOver': 'sobran {count} octetos',
  'dlms.compactEmpty': 'compact-array de elementos sin contenido',
  'dlms.compactInside': 'compact-array dentro de un compact-array',
  'dlms.compactLarge': 'compact-array con demasiados valores',
  'dlms.valuesResults': '{values} valores pero {results} resultados',
  'dlms.conformanceSize': 'bloque de conformidad de {octets} octetos',
  'dlms.keyInfoChoice': 'la opción de key-info {choice} no está definida',
  'dlms.nextManual': 'la norma no da nombre a este número: búsquelo en el manual del contador',
  'dlms.nextDefectRegister': 'el propio contador comunica un defecto; lea su registro de errores y hágalo revisar',
  'dlms.nextObjectBusy': 'está ocupado con este objeto; léalo más tarde',
  'dlms.nextOtherClient': 'este SAP de cliente no puede leerlo; use otro cliente o una autenticación más alta',
  'dlms.nextNoSuchCode': 'el contador no tiene este código OBIS en esa clase; liste sus objetos',
  'dlms.nextOtherClass': 'el código OBIS existe en otra clase; liste sus objetos',
  'dlms.nextNothingNow': 'el objeto existe pero ahora no tiene nada que leer; léalo más tarde',
  'dlms.nextSelection': 'el contador no entiende la selección; pida el atributo entero, o revise clase y atributo',
  'dlms.nextOtherAssociation': 'esta asociación no puede leerlo; use otro SAP de cliente o una autenticación más alta',
  'dlms.nextBlocksLost': 'la respuesta se perdió entre sus bloques; lea de nuevo',
  'dlms.nextBrokeOff': 'el contador cortó una respuesta larga; lea de nuevo',
  'dlms.nextLostLong': 'el contador perdió la respuesta larga; lea de nuevo',
  'dlms.nextNotMade':
    'el contador contesta a una petición que no se hizo; puede que otro cliente trabaje con él: lea de nuevo',
  'dlms.nextBlockDisagree': 'contador y plataforma no coinciden en el bloque; lea de nuevo',
  'dlms.nextAlone': 'el contador no dice por qué; pruebe este objeto solo, y con otro SAP de cliente',
  'dlms.nextCheckAccess': 'revise SAP de cliente, autenticación y seguridad',
  'dlms.nextReferencing': 'cambie la referencia (LN o SN), o si este cliente usa cifrado',
  'dlms.nextTitle': 'el contador no acepta este system title de cliente; ponga el que tiene configurado',
  'dlms.nextSap': 'este contador no conoce el SAP de cliente; pruebe 16 (público) o pregunte cuál tiene configurado',
  'dlms.nextCertificate': 'el contador no conoce el certificado del cliente; cárguelo antes en el contador',
  'dlms.nextServer': 'revise la dirección del servidor (dispositivo lógico)',
  'dlms.nextLevel': 'este SAP de cliente usa otro nivel de autenticación; elija el que tiene configurado el contador',
  'dlms.nextPassword':
    'este SAP de cliente necesita contraseña o claves; elija su autenticación, o lea como cliente público 16',
  'dlms.nextWrongPassword':
    'la contraseña o clave no es la de este SAP de cliente: revísela antes del próximo intento, porque repetir puede bloquear el contador',
  'dlms.nextHls':
    'este SAP de cliente necesita seguridad de alto nivel; elija su autenticación (HLS) y ponga sus claves',
  'dlms.nextVersion':
    'el contador habla otra versión del protocolo; compruebe que es DLMS/COSEM y que la dirección del servidor es la suya',
  'dlms.nextAssociationLost':
    'puede que se haya perdido la asociación, o que este SAP de cliente no pueda: lea de nuevo, y luego pruebe otro cliente',
  'dlms.nextService':
    'el contador no ofrece este servicio, o no sin cifrado: cambie la referencia (LN o SN) o la seguridad',
  'dlms.nextUnsaid': 'el contador no dice por qué; lea de nuevo, y luego revise SAP de cliente y seguridad',
  'dlms.nextFewer': 'la petición era mayor de lo que el contador admite; pida menos objetos a la vez',
  'dlms.nextKeys':
    'revise clave de cifrado, clave de autenticación, suite y system title del cliente; con las claves correctas, el contador de invocación es demasiado bajo',
  'dlms.nextCounter':
    'el contador de invocación era demasiado bajo, porque esta clave se usó también en otro sitio: lea de nuevo, y use la clave en una sola plataforma',
  'dlms.nextSapServer': 'revise SAP de cliente y dirección de servidor',
  'dlms.nextTooLong': 'el contador tardó demasiado por dentro; lea de nuevo',
  'dlms.nextLine': 'lea de nuevo, y luego revise línea y módem',
  'dlms.nextKeysCounter': 'revise las claves, la suite de seguridad y el contador de invocación',
  'dlms.nextShort': 'al contador le falta algo por dentro; pida menos a la vez, o más tarde',
  'dlms.nextNoState': 'el contador no está en estado de contestar; lea más tarde',
  'dlms.nextGone': 'la asociación ya no existe; lea de nuevo',
  'dlms.nextOutOfOrder': 'el contador está averiado; hágalo revisar',
  'dlms.nextReferencingSap': 'cambie la referencia (LN o SN) o el SAP de cliente',
  'dlms.nextNoFit': 'la respuesta no cabe; pida menos a la vez',
  'dlms.nextNoNames':
    'el contador no ofrece a este cliente el servicio de nombres cortos o largos; cambie la referencia',
  'dlms.nextList': 'liste los objetos del contador y revise nombre, clase y atributo',
  'dlms.nextDefect': 'el propio contador comunica un defecto; hágalo revisar',
  'dlms.nextEmpty': 'el objeto ahora no tiene nada que leer; léalo más tarde',
  'dlms.nextNewer':
    'el contador quiere una versión de DLMS más nueva que la 6, que habla este cliente; pida a su fabricante un ajuste que permita la 6',
  'dlms.nextNoServices':
    'el contador no ofrece ninguno de los servicios pedidos; cambie la referencia (LN o SN) o el SAP de cliente',
  'dlms.nextSize':
    'el contador no admite clientes con APDU de este tamaño; pregunte a su fabricante el tamaño que quiere',
  'dlms.nextLoading':
    'el contador habla de una carga que este cliente no empezó; puede que otro trabaje con él: lea más tarde',
  'dlms.nextOtherSap': 'use otro SAP de cliente',
  'dlms.nextElse': 'el contador está con otra cosa; lea más tarde',
  'dlms.nextAgainAccess': 'lea de nuevo, y luego revise SAP de cliente, autenticación y seguridad',
  'dlms.nextManualAccess':
    'la norma no da nombre a este número: búsquelo en el manual del contador, y luego revise SAP de cliente, autenticación y seguridad',
  'dlms.answered': { says: 'el contador contestó {name}', advice: '{next}' },
  'dlms.answeredBusy': { says: 'el contador contestó {name}', advice: '{next}' },
  'dlms.answeredDenied': { says: 'el contador contestó {name}', advice: '{next}' },
  'dlms.rejected': { says: 'el contador rechazó la asociación: {name}', advice: '{next}' },
  'dlms.rejectedForNow': { says: 'el contador rechazó por ahora la asociación: {name}', advice: '{next}' },
  'dlms.rejectedDenied': { says: 'el contador rechazó la asociación: {name}', advice: '{next}' },
  'dlms.rejectedBusy': {
    says: 'el contador rechazó por ahora la asociación ({name}): puede que aún tenga una anterior',
    advice: 'espere a que pase su tiempo de inactividad e inténtelo de nuevo',
  },
  'dlms.serviceError': {
    says: 'el contador contestó confirmedServiceError {service}, {name}: {value}',
    advice: '{next}',
  },
  'dlms.serviceErrorInitiate': {
    says: 'el contador contestó confirmedServiceError {service}, {name}: {value}',
    advice: '{next}',
  },
  'dlms.serviceErrorAccess': {
    says: 'el contador contestó confirmedServiceError {service}, {name}: {value}',
    advice: '{next}',
  },
  'dlms.exception': { says: 'el contador contestó exception-response {state}, {name}', advice: '{next}' },
  'dlms.exceptionSecurity': { says: 'el contador contestó exception-response {state}, {name}', advice: '{next}' },
  'dlms.exceptionCounter': {
    says: 'el contador contestó exception-response {state}, {name}; espera {counter}',
    advice: '{next}',
  },
  'dlms.notReleased':
    'el contador no liberó la asociación ({name}); la lectura en sí está completa, y puede que la próxima tenga que esperar a que pase el tiempo de inactividad del contador',
  'dlms.otherRelease': 'el contador contestó a la liberación con otra cosa',
  'dlms.requestLarge': {
    says: 'esta petición necesita {octets} octetos y el contador admite {most} como mucho',
    advice: 'pida menos a la vez',
  },
  'dlms.onlyNotifications': 'el contador no deja de enviar notificaciones en vez de la respuesta',
  'dlms.cipheredUnasked': {
    says: 'el contador contesta cifrado aunque no se acordó seguridad',
    advice: 'elija la seguridad que usa y ponga sus claves',
  },
  'dlms.aarqUnheard': {
    says: 'el contador rechaza la petición de asociación: le contesta {tag}, como si no la hubiera oído; parece seguir en una asociación anterior',
    advice: 'espere a que venza su tiempo de inactividad y pruebe otra vez; luego revise la referencia (LN o SN)',
  },
  'dlms.aarqSilent': {
    says: 'el contador no contestó a la petición de asociación por el wrapper: {other}',
    advice:
      'espere a que venza su tiempo de inactividad y pruebe otra vez; luego revise los números de cliente y servidor, y que el contador hable wrapper y no HDLC',
  },
  'dlms.otherClients': 'aún mantiene la asociación del cliente {clients}, que habló con él por esta línea',
  'dlms.otherClientMaybe': 'puede que aún mantenga una asociación que otro cliente dejó abierta',
  'dlms.aareBroken': {
    says: 'el contador cortó su respuesta a la petición de asociación ({octets} octetos): {why}',
    advice:
      'puede que su respuesta no quepa en su trama HDLC; use otra autenticación, o informe del tipo y firmware a su fabricante',
  },
  'dlms.otherToAarq':
    'el contador contestó a la petición de asociación con {tag}; puede que aún esté en otra asociación',
  'dlms.nothingGranted': {
    says: 'el contador aceptó la asociación sin conceder ningún servicio (sin user-information)',
    advice: 'revise SAP de cliente y autenticación',
  },
  'dlms.noHighLevel': 'el contador aceptó la asociación sin seguridad de alto nivel aunque se pidió; se rechaza',
  'dlms.ownChallenge': 'el contador devolvió nuestro propio reto; la asociación se rechaza',
  'dlms.meterUnproven': { says: 'el contador no demostró que conoce el secreto', advice: 'revise contraseña y claves' },
  'dlms.proofRejected': {
    says: 'el contador rechazó la prueba de este cliente ({why})',
    advice: 'revise contraseña y claves',
  },
  'dlms.challengeUnanswered': 'el contador no contestó al reto de este cliente; se rechaza',
  'dlms.blocksEndless': 'la respuesta del contador pasa de {blocks} bloques o {octets} octetos, y no tiene fin',
  'dlms.blocksAnew': {
    says: 'el bloque {block} de la respuesta del contador vino otra vez con otros octetos cuando tocaba el bloque {due}: nada de ella es de fiar',
    advice: 'ponga blockTransfer en off',
  },
  'dlms.blockRepeated': {
    says: 'el contador repite el bloque {block} de su respuesta ({times} veces) y no avanza',
    advice: 'ponga blockTransfer en off',
  },
  'dlms.blockMissing': 'el bloque {block} de la respuesta del contador no llegó en {tries} intentos',
  'dlms.blockInterrupted': 'el contador envió {tag} en medio de una respuesta en bloques',
  'dlms.clientRange': 'client {client}: por HDLC un SAP de cliente va de 1 a 127',
  'dlms.serverRange': 'server {server}: un dispositivo lógico va de 0 a 16383',
  'dlms.physicalRange': 'physical {physical}: una dirección física va de 0 a 16383',
  'dlms.addressBytes':
    'server {server} con physical {physical} no cabe en una dirección de longitud {bytes}: use más octetos de dirección',
  'dlms.snrmRejected': {
    says: 'el contador rechaza el SNRM (FRMR: {rejection}), también tras un DISC; puede que otro cliente lo tenga',
    advice: 'espere a su tiempo de inactividad e inténtelo de nuevo',
  },
  'dlms.connectRefused': {
    says: 'el contador rechaza conectar (DM), también tras un DISC: está ocupado en otro puerto, o este SAP de cliente no se permite',
    advice: 'espere a su tiempo de inactividad, y luego revise cliente y servidor',
  },
  'dlms.snrmSilent': {
    says: 'sin respuesta al SNRM del cliente {client} en la dirección de servidor {tried} (servidor {server}, dirección física {physical})',
    advice:
      'un contador calla cuando su dirección HDLC o su cliente es otro: deje addressBytes auto y pruebe los valores habituales, que son client 16 (público) o 1 (gestión, lectura con contraseña), server 1 y como dirección física 16, 17 o las últimas dos a cuatro cifras del número de serie, o 127 si es el único contador de la línea; luego revise velocidad, 8N1, cableado y si quiere el modo E',
  },
  'dlms.snrmDamaged': {
    says: 'sin respuesta al SNRM del cliente {client} en la dirección de servidor {tried} (servidor {server}, dirección física {physical}), pero {bytes} octetos de otra cosa',
    advice:
      'revise velocidad y paridad; un contador calla cuando su dirección HDLC o su cliente es otro: deje addressBytes auto y pruebe los valores habituales, que son client 16 (público) o 1 (gestión, lectura con contraseña), server 1 y como dirección física 16, 17 o las últimas dos a cuatro cifras del número de serie, o 127 si es el único contador de la línea; luego revise velocidad, 8N1, cableado y si quiere el modo E',
  },
  'dlms.rejectControl': 'campo de control desconocido',
  'dlms.rejectInformation': 'información donde no se permite',
  'dlms.rejectLong': 'campo de información demasiado largo',
  'dlms.rejectNr': 'N(R) que no contesta a nada enviado',
  'dlms.rejectUnsaid': 'sin motivo',
  'dlms.nextReport': 'anote el tipo y firmware del contador y comuníquelo',
  'dlms.nextNumbers':
    'busque otro cliente en esta línea, o pruebe la rareza que tenga el contador con sus números (frozenNs, frozenNr)',
  'dlms.range': '{name} {value}: va de {min} a {max}',
  'dlms.severalMeters': {
    says: 'más de un contador contesta a la dirección de todas las estaciones ({first}; {second})',
    advice: 'dé la dirección física del que hay que leer',
  },
  'dlms.foreignFrames':
    'llegaron {count} tramas que no son de nada pedido: otro cliente o un contador que envía por sí mismo llena la línea',
  'dlms.frameLostUnnumbered':
    'se perdió una trama, y este contador no numera ninguna (rareza frozenNs): la lectura tiene que empezar de nuevo',
  'dlms.frameLostBetween': 'empezó una respuesta nueva antes de acabar la última: se perdió una trama entre ellas',
  'dlms.endedMiddle': {
    says: 'el contador terminó la conexión a mitad (DM): se agotó su tiempo de inactividad, se reinició, u otro cliente se quedó con él',
    advice: 'lea de nuevo, y compruebe que ningún otro cliente usa esta línea',
  },
  'dlms.frameRejected': {
    says: 'el contador rechaza una trama y espera una conexión nueva (FRMR: {rejection})',
    advice: 'lea de nuevo, y si se repite {next}',
  },
  'dlms.fellSilent': {
    says: 'el contador estaba conectado y luego calló: no contestó ni a la petición ni a los sondeos siguientes',
    advice: 'lea de nuevo, y revise la línea si se repite',
  },
  'dlms.repeats': {
    says: 'el contador repite tramas o las envía dañadas, y su respuesta no avanza',
    advice: 'revise la línea, y la rareza frozenNs si el contador numera con 0 todas las tramas',
  },
  'dlms.neverAcknowledges': {
    says: 'el contador contesta, pero nunca confirma la petición',
    advice: 'revise la línea, y la rareza frozenNr si su N(R) no avanza',
  },
  'dlms.misnumbered': {
    says: 'el contador da a su respuesta el número de la trama anterior',
    advice: 'ponga la rareza frozenNs si numera con 0 todas las tramas; si no, revise la línea',
  },
  'dlms.notReady': {
    says: 'el contador dice que está ocupado (RNR) y no estuvo listo a tiempo',
    advice: 'lea más tarde, o dele más tiempo',
  },
  'dlms.noAnswerYet': {
    says: 'el contador aceptó la petición, pero no tuvo respuesta a tiempo',
    advice: 'dele más tiempo, o pida menos a la vez',
  },
  'dlms.answerLarge': 'la respuesta del contador pasó de {octets} octetos sin fin',
  'dlms.wPort': '{name} {port}: un wPort va de 0 a 65535',
  'dlms.wrapperSilent': {
    says: 'el contador no contestó por el wrapper',
    advice: 'revise los números de cliente y servidor, y que el contador hable wrapper y no HDLC',
  },
  'dlms.wrapperCut':
    'llegaron {bytes} octetos, pero ninguna trama wrapper completa para este cliente: puede que el contador hable HDLC, o que la conexión cortara la respuesta',
  'dlms.keyPassword': 'la contraseña',
  'dlms.keyAuthentication': 'la clave de autenticación',
  'dlms.keyEncryption': 'la clave de cifrado',
  'dlms.keyDedicated': 'la clave dedicada',
  'dlms.keyMaster': 'la clave maestra',
  'dlms.keySigning': 'la clave privada de firma de este cliente',
  'dlms.keyAgreement': 'la clave privada de acuerdo de este cliente',
  'dlms.keyMeterSigning': 'la clave pública de firma del contador',
  'dlms.keyMeterAgreement': 'la clave pública de acuerdo del contador',
  'dlms.keyHighLevel': 'la función del fabricante del contador',
  'dlms.authenticationNeeds': 'la autenticación {authentication} necesita {key}',
  'dlms.securityNeeds': 'la seguridad {security} necesita {key}',
  'dlms.needsTitle': 'esta autenticación o seguridad necesita un system title de cliente de 8 octetos',
  'dlms.keySize': '{key} tiene {octets} octetos; la suite de seguridad {suite} necesita {needed}',
  'dlms.noCurveKey':
    '{key} no es una clave P-256 ni P-384: una privada es el escalar (32 o 48 octetos), una pública x e y (64 o 96)',
  'dlms.signingNeeds': 'firmar necesita {key}',
  'dlms.compressed': {
    says: 'el contador envió un APDU comprimido; la compresión no se admite',
    advice: 'desactívela en la política de seguridad del contador',
  },
  'dlms.otherSuite': {
    says: 'el contador usa la suite de seguridad {theirs}, este lector está puesto en {ours}',
    advice: 'corrija la suite',
  },
  'dlms.lessProtection':
    'el contador contestó con menos protección de la acordada ({came} en vez de {least}); su respuesta se rechaza',
  'dlms.wrongTag': {
    says: 'la etiqueta de autenticación de la respuesta es incorrecta',
    advice: 'revise clave de autenticación, clave de cifrado y suite de seguridad',
  },
  'dlms.needsKey': '{what} necesita {key}',
  'dlms.thisAuthentication': 'esta autenticación',
  'dlms.thisSecurity': 'esta seguridad',
  'dlms.signing': 'firmar',
  'dlms.wrapping': 'una clave envuelta',
  'dlms.agreement': 'el acuerdo de claves',
  'dlms.agreementEphemeral': 'el acuerdo de claves con clave efímera',
  'dlms.curvePoint': 'la clave pública del otro lado no es un punto de la curva',
  'dlms.curveKeySize':
    'una clave de curva elíptica tiene 32 octetos (P-256) o 48 (P-384), y su clave pública el doble; revise las claves',
  'dlms.meterCurvePoint': 'la clave pública del contador no es un punto de la curva; revísela',
  'dlms.unprotected': 'el contador contestó sin la protección acordada; su respuesta se rechaza',
  'dlms.unsigned': 'el contador contestó sin la firma acordada; su respuesta se rechaza',
  'dlms.wrongSignature': {
    says: 'la firma de la respuesta es incorrecta',
    advice: 'revise la clave pública de firma del contador',
  },
  'dlms.wrongService': {
    says: 'la respuesta descifrada no es el servicio que nombra su etiqueta',
    advice: 'revise la clave de cifrado',
  },
  'dlms.counterBack':
    'el contador de invocación de la respuesta, {counter}, no supera {last}, oído antes: se rechaza una respuesta repetida o grabada',
  'dlms.otherTitle': {
    says: 'la respuesta lleva el system title de otro contador',
    advice: 'revise la dirección del servidor',
  },
  'dlms.ephemeralUnsigned': {
    says: 'la clave efímera del contador no está firmada por él',
    advice: 'revise su clave pública de firma',
  },
  'dlms.counterUsedUp': {
    says: 'el contador de invocación de esta clave está agotado',
    advice: 'cambie la clave de cifrado del contador',
  },
  'dlms.noMeterTitle': {
    says: 'el contador no dijo su system title',
    advice: 'ponga el system title del contador (8 octetos)',
  },
  'dlms.meterSigns': 'el contador firma sus respuestas; ponga su clave pública de firma',
  'dlms.dedicatedUnagreed': 'el contador contesta con una clave dedicada, y no se acordó ninguna',
  'dlms.meterWraps': 'el contador envuelve sus claves; ponga la clave maestra',
  'dlms.wrappedUnopened': 'la clave envuelta de la respuesta no se abre; revise la clave maestra',
  'dlms.meterAgrees': 'el contador usa acuerdo de claves; ponga la clave privada de acuerdo de este cliente',
  'dlms.counterNearEnd':
    'el contador espera el contador de invocación {counter}, casi el final de su rango; si es verdad hay que cambiar su clave de cifrado',
  'dlms.interface': 'la interfaz {name} no se conoce',
};
