import type { FLEET_REASONS } from '../../core/wire/reasons/fleet';
import type { WordsOf } from '../words';

export const fleet: WordsOf<typeof FLEET_REASONS> = {
  'fleet.noPhone': 'no se da ningún número de teléfono; sin ninguno nadie podría llegar al módem por SMS',
  'fleet.notParameter': '"{shown}" no es el nombre de un parámetro (por ejemplo DNS_period)',
  'fleet.wantedTwice': { says: 'se pide {name} dos veces', advice: 'dejar solo una de las dos' },
  'fleet.noVariable': {
    says: '{name} necesita la variable {{{variable}}}, que no se da para el módem {imei}',
    advice: 'ponerla en msg.variables',
  },
  'fleet.valueWrong': '{name} es "{shown}", pero tiene que ser {wanted}',
  'fleet.wantsFlag': 'on u off',
  'fleet.wantsWhole': 'un número entero',
  'fleet.wantsNumber': 'un número',
  'fleet.valueControl':
    'el valor de {name} contiene un salto de línea u otro carácter de control, que terminaría la orden y empezaría otra',
  'fleet.valueComma': {
    says: 'el valor de {name} contiene una coma, que SETPARAM toma por el final del valor',
    advice: 'ponerlo en config.txt',
  },
  'fleet.valueNotLatin':
    'el valor de {name} contiene un carácter que el módem no puede guardar (solo letras latinas, cifras y signos)',
  'fleet.valueTooLong': 'el valor de {name} tiene {length} caracteres; caben {max}',
  'fleet.textTooLong': 'el texto tiene {length} caracteres; un config.txt tiene unos miles',
  'fleet.noText': { says: 'no hay texto que comprobar', advice: 'pegar un config.txt' },
  'fleet.controlCharacter': 'contiene un salto de línea u otro carácter de control',
  'fleet.desiredEmpty': 'está vacío; dar parámetros por su nombre, en el nodo o en msg.desired',
  'fleet.desiredVaries':
    'contiene variables, o [IMEI] fuera de los tópicos: un solo mensaje a todos los módems no puede llevarlos; usar una lista',
  'fleet.rowWithoutName': 'tiene una fila sin nombre',
  'fleet.overridesNoJson': 'no es JSON; por ejemplo {example}',
  'fleet.overridesNoObject': 'tiene que ser un objeto con acciones como nombres',
  'fleet.overridesNoAction': 'nombra "{action}", que no es una acción',
  'fleet.overridesForm': 'no tiene para {action} ni una lista de órdenes ni un objeto de parámetros',
  'fleet.secretsNotKept': {
    says: 'el valor de {names} no se guardó al reiniciar la plataforma',
    advice: 'empezar de nuevo el despliegue',
  },
  'fleet.noImeis':
    'para una lista de módems, msg.imeis tiene que ser una lista de IMEI, o de objetos con imei y variables',
  'fleet.notNameValue': '{where} tiene que ser un objeto de nombres y valores',
  'fleet.notPlainValue': '{where} tiene que ser un texto, un número o true/false',
  'fleet.controlWord': 'msg.rollout es "{shown}", pero tiene que ser pause, resume, cancel, retry, remove o progress',
  'fleet.noCommand': {
    says: 'no hay ninguna orden',
    advice: 'ponerla en el nodo, o enviar en msg.payload un texto o una lista de hasta {max} textos',
  },
  'fleet.commandControl': {
    says: 'una orden contiene un carácter de control (¿un salto de línea?)',
    advice: 'enviar varias órdenes como lista',
  },
  'fleet.commandNoImeis': 'para una lista de módems, msg.imeis tiene que ser una lista de IMEI',
  'fleet.noBroadcastTopic': {
    says: 'el nodo del módem no nombra un tópico AT común (broadcastTopic)',
    advice: 'ponerlo allí, o usar una lista',
  },
  'fleet.repliesShared': {
    says: 'todos los módems responden en {topic}, así que no se podrían distinguir sus respuestas',
    advice: 'poner [IMEI] en atrTopic',
  },
  'fleet.commandNotSent': {
    says: 'la plataforma se reinició antes de enviarlo',
    advice: 'enviarlo otra vez, si todavía se quiere',
  },
  'fleet.orderNotKept': 'no se envió nada, porque no se pudo escribir en el diario: {why}',
  'fleet.noReplyInTime': {
    says: 'sin respuesta en {seconds} s',
    advice: 'comprobar que el módem está en línea y oye el tópico común',
  },
  'fleet.mayCutOff': {
    says: '"{command}" puede dejar el módem incomunicado: {why}',
    advice: 'poner msg.confirm en true si es lo que se quiere',
  },
  'fleet.cancelled': 'se detuvo antes de terminar',
  'fleet.dangerStops': 'detiene el programa del módem, que entonces desaparece de MQTT',
  'fleet.dangerBatch': 'un fichero de órdenes puede contener cualquier orden',
  'fleet.dangerOff': 'apaga el módem',
  'fleet.dangerRadio': 'apaga la radio',
  'fleet.dangerNetwork': 'cambia cómo se registra el módem en la red',
  'fleet.dangerProgram': 'cambia el programa del módem',
  'fleet.dangerFactory': 'restaura los ajustes de fábrica',
  'fleet.dangerLocks': 'bloquea el módem, que entonces ya no acepta ajustes',
  'fleet.dangerFiles': 'cambia los ficheros con los que arranca el módem',
  'fleet.dangerCertificates': 'cambia certificados o claves, sin los que el módem no llega al broker',
  'fleet.dangerModule': 'cambia un ajuste del propio módulo de radio, como el arranque de su programa o sus bandas',
  'fleet.dangerTexts': 'cambia si los SMS llegan al módem',
  'fleet.dangerInterface': 'cambia la forma de hablar con el módem',
  'fleet.dangerParameter': '{name} decide si el módem vuelve a encontrar el broker',
  'fleet.dangerSmsParameter': '{name} decide si se puede llegar al módem por SMS',
  'fleet.dangerModeParameter': '{name} decide cuánto tiempo, y en qué modo, está el módem en línea',
  'fleet.dangerRestarts': {
    says: 'reinicia {count} módems',
    advice: 'poner msg.confirm en true si es lo que se quiere',
  },
  'fleet.dangerAlias':
    'no se sabe aquí qué hace el módem con este nombre (la lista de alias lo dice como NOMBRE>orden AT)',
  'fleet.broadcastDanger': {
    says: 'un valor erróneo de {names} dejaría incomunicados todos los módems a la vez',
    advice: 'usar una lista, que empieza con un módem de prueba',
  },
  'fleet.noWholeConfig': {
    says: 'el módem no da su configuración entera (GETCONFIG necesita el firmware 7.15 o posterior)',
    advice: 'nombrar los parámetros que se quieren leer',
  },
  'fleet.cancelledUnstored': 'se detuvo antes de guardar su paso siguiente',
  'fleet.journalUnread': 'no se pudo abrir el diario: {why}',
  'fleet.journalOwned': {
    says: 'el proceso {pid} tiene {path}',
    advice: 'dejar un solo Node-RED en un directorio de usuario, no dos',
  },
  'fleet.journalDamaged':
    'el diario tiene {count} líneas dañadas: lo que decían se perdió, y puede haber despliegues de resultado desconocido',
  'fleet.storeWaits': 'el despliegue espera, porque no se pudo escribir en el diario: {why}',
  'fleet.storeNotBegun': 'el despliegue no empezó, porque no se pudo escribir en el diario: {why}',
  'fleet.storeUnread': 'no se pudo leer del diario qué despliegues están en marcha: {why}',
  'fleet.said': '{text}',
  'fleet.noRollout': 'no hay ningún despliegue en marcha en este nodo',
  'fleet.unknownRollout': 'no hay ningún despliegue "{id}" en este nodo',
  'fleet.rolloutUnreadable':
    'el despliegue {id} estaba en marcha, pero lo guardado no se puede leer; comprobar esos módems',
  'fleet.broadcastInterrupted': 'un reinicio interrumpió el mensaje a todos los módems, y no se envió de nuevo',
  'fleet.busy': 'el despliegue {rollout} está trabajando en este módem',
  'fleet.all': 'todos los',
  'fleet.startedWith': '{count} módems',
  'fleet.wellOf': '{ok} de {total} bien',
  'fleet.takenOut': 'se quitó de la flota',
  'fleet.neverEnded': { says: 'se acabó su tiempo y no terminó', advice: '' },
  'fleet.metersSilent': 'los contadores que hay detrás no respondieron después',
  'fleet.metersSilentBack': 'los contadores que hay detrás no respondieron tras el cambio; {why}',
  'fleet.oldValuesBack': 'sus valores anteriores están de nuevo en su sitio',
  'fleet.answerUnclear': 'no se entiende la respuesta del módem para {names}, así que no se cambió nada',
  'fleet.unconfirmed': {
    says: 'un valor erróneo de {names} puede dejar el módem incomunicado; no se cambió nada',
    advice: 'confirmarlo (msg.confirm = true) si es lo que se quiere',
  },
  'fleet.cutInChange': 'se acabó el tiempo de este módem en mitad del cambio; no se volvió a leer lo que tiene ahora',
  'fleet.cutBeforeChange': 'se acabó su tiempo antes de cambiar nada',
  'fleet.partSent': '{why}; antes se envió una parte del cambio, y el siguiente intento la completa',
  'fleet.refusesToSet':
    'el módem se niega a poner {name} ({result}): está bloqueado, o su firmware no conoce este parámetro',
  'fleet.readsOther': '{name} se lee "{now}" después de ponerlo en "{wanted}"',
  'fleet.readsNothing': '{name} no se puede leer después de ponerlo en "{wanted}"',
  'fleet.notSetBack': '{why}; no se pudo devolver {names} a su valor',
  'fleet.setBackAfter': 'devuelto a su valor tras rechazarse {name}',
  'fleet.setBack': 'devuelto a su valor',
  'fleet.rebootRefused':
    'los valores están guardados, pero el módem se niega a reiniciarse; puede que no actúen hasta su próximo arranque',
  'fleet.notGone':
    'los valores están guardados, pero el módem no se fue a reiniciar; puede que no actúen hasta su próximo arranque',
  'fleet.rebootInterrupted':
    'el reinicio se interrumpió (un reinicio de la plataforma, o una conexión perdida) y no se envió de nuevo: los valores están guardados, no se sabe si el módem se reinició',
  'fleet.noReadBack':
    'el módem dio señales de vida, pero no responde aquí a órdenes AT, así que no se pudieron volver a leer sus valores',
  'fleet.wrongAfterwards': 'tras el cambio, {names} no tiene el valor que se puso',
  'fleet.lostSafe': {
    says: 'el módem no responde desde el cambio; nada de lo cambiado debería dejarlo incomunicado',
    advice: 'mirar su alimentación y su cobertura',
  },
  'fleet.lostTexts': {
    says: 'el módem no responde desde el cambio',
    advice: 'enviar estos textos desde un teléfono autorizado para recuperarlo: {texts}',
  },
  'fleet.lostSent': {
    says: 'el módem no responde desde el cambio; se enviaron sus valores anteriores por SMS, y aún no ha vuelto',
    advice: '',
  },
  'fleet.refusesOld': 'el módem se recuperó por SMS, pero rechaza el valor anterior de {name}',
  'fleet.restoredBySms': {
    says: 'el cambio dejó el módem incomunicado; sus valores anteriores se restauraron por SMS',
    advice: '',
  },
  'fleet.notByText': '{failure}; y no pudo ir por SMS: {why}',
  'fleet.unconfirmedText': 'un valor erróneo de {names} puede dejar el módem incomunicado, y no se confirmó',
  'fleet.notTexted': 'no se envió',
  'fleet.refusedText': '"{command}" se rechazó por SMS; lo enviado antes está guardado',
  'fleet.unsentText': '"{command}" no se pudo enviar por SMS ({why}); lo enviado antes está guardado',
  'fleet.textUnanswered': 'se envió por SMS y no hubo respuesta; no se sabe si el módem lo hizo',
  'fleet.textRebootNotBack': 'el reinicio se envió por SMS, y el módem aún no ha vuelto',
  'fleet.textNotBack': {
    says: 'el cambio se envió por SMS, y el módem aún no ha vuelto; no se envía de nuevo',
    advice: '',
  },
  'fleet.textReadBack': 'se envió por SMS, porque MQTT no llegaba al módem; leído de nuevo por MQTT',
  'fleet.rebootUnknown':
    'el reinicio se interrumpió (un reinicio de la plataforma, o una conexión perdida); no se envió de nuevo, y no se sabe si el módem se reinició',
  'fleet.refusesReboot': 'el módem rechaza {commands}',
  'fleet.lostReboot': {
    says: 'el módem no responde desde el reinicio',
    advice: 'mirar su alimentación y su cobertura',
  },
  'fleet.stayed': 'el módem aceptó la orden, pero no se fue a reiniciar',
  'fleet.commandInterrupted':
    '"{command}" se interrumpió (un reinicio de la plataforma, o una conexión perdida); no se envió de nuevo, y no se sabe si el módem lo hizo',
  'fleet.refusesCommand': 'el módem rechaza "{command}" ({result})',
  'fleet.silentToAll': {
    says: 'sin respuesta al mensaje que fue a todos los módems',
    advice: 'comprobar que el módem está en línea y oye el tópico común',
  },
  'fleet.presenceUnread':
    'lo que se sabe de los módems no se pudo leer del almacén de contexto: {why}; se sigue sin ello, y se intenta de nuevo',
  'fleet.presenceUnwritten':
    'lo que se sabe de los módems no se pudo escribir en el almacén de contexto: {why}; se sigue sin ello, y se intenta de nuevo',
  'fleet.tooManyModems': {
    says: 'los {max} lugares de la flota están ocupados',
    advice: 'olvidar módems que ya no están, o decir con {"modems": [...]} cuáles pueden tener lugar',
  },
  'fleet.mapping': { says: 'mapping {why}', advice: 'escribir por ejemplo {example}' },
  'fleet.notJson': 'no es JSON',
  'fleet.notObject': 'tiene que ser un objeto',
  'fleet.mappingField': 'tiene "{shown}", pero solo conoce {known}',
  'fleet.mappingKeys': 'necesita para "{name}" una clave del mensaje, o una lista de hasta {max}',
  'fleet.filter': 'el filtro {why}',
  'fleet.filterForm': 'tiene que ser un texto o un objeto, por ejemplo {example}',
  'fleet.filterText': 'necesita un texto en "{key}"',
  'fleet.filterChoice': 'necesita en "{key}" uno de {choices}',
  'fleet.filterWhole': 'necesita un número entero en "{key}"',
  'fleet.filterState': 'no conoce el estado "{shown}"; los hay {known}',
  'fleet.statusQuery':
    'msg.payload tiene que ser "snapshot", "counts", o un objeto con filter, imei, names, forget o modems',
  'fleet.allowedForm': 'modems tiene que ser una lista de IMEI, o null para que cualquier módem pueda tener lugar',
  'fleet.allowedUnwritten':
    'la lista de los módems que pueden tener lugar no se pudo escribir en el almacén de contexto: {why}; vale hasta el próximo reinicio',
  'fleet.namesForm':
    'names tiene que ser una lista de objetos con imei, name, lat y lon, o un objeto con los IMEI como claves',
  'fleet.namesUnusable': { says: 'names no tiene nada útil para "{shown}"', advice: 'dar name, o lat y lon en grados' },
  'fleet.unknownEvent': 'tiene "{shown}", pero solo hay {known}',
  'fleet.namesLine':
    'tiene un error en la línea {line}: escribir IMEI, nombre, latitud, longitud (grados con punto), por ejemplo "353234028103206, cuadro general, 40.4168, -3.7038"',
  'fleet.smsQueueFull': 'ya esperan {waiting} SMS',
  'fleet.noNumber': {
    says: 'no se conoce el número de teléfono del módem {imei}',
    advice: 'añadirlo a la lista del nodo mtx-sms, o enviarlo en msg.phone',
  },
  'fleet.notObeyed': {
    says: 'el módem {imei} obedece a {valid} (SMS_validPhone), y no a {senders}; no haría caso del SMS, así que no se envió',
    advice: 'añadir el número al módem, o poner msg.confirm en true',
  },
  'fleet.notObeyedSent':
    'el módem {imei} obedece a {valid} (SMS_validPhone), y no a {senders}; el SMS se envía igualmente, como se confirmó',
  'fleet.nobody': 'nadie',
  'fleet.senderUnset':
    'no está puesto el número desde el que salen los SMS, así que no se puede comprobar que los módems lo obedezcan (SMS_validPhone)',
  'fleet.senderUnsure':
    'no se sabe si el módem {imei} obedece a {sender}: ese número tiene que ser uno de sus SMS_validPhone',
  'fleet.cancelledBeforeText': 'se canceló antes de enviarse',
  'fleet.cancelledAfterText': 'el SMS ya estaba en camino',
  'fleet.gatewayUnsure': 'el módem pasarela no confirmó que envió el SMS; puede haberlo hecho',
  'fleet.textNotAnswered':
    'el módem no respondió al SMS "{text}" en {seconds} s; puede que lo haya hecho, o que aún lo haga',
  'fleet.textNotAwaited': 'se envió por SMS, y no se espera respuesta',
  'fleet.hourLimit':
    'se enviaron {perHour} SMS en una hora, que es el límite puesto aquí; el siguiente será posible en {minutes} min',
  'fleet.number': 'el número de teléfono "{shown}" {why}',
  'fleet.numberIncomplete': 'no está completo: tras el + van el código del país y el número, de 7 a 15 cifras en total',
  'fleet.numberNone': 'no lo es: escribirlo como +34666123456',
  'fleet.numberNoCountry':
    'no lleva código de país: escribirlo como +34666123456, o poner el código de país para los números nacionales',
  'fleet.numberTrunk': 'empieza con un 0 que solo se marca dentro del país: escribirlo como +{country}...',
  'fleet.numberTwoWays': 'puede ser nacional, o internacional sin su +: escribirlo como +{digits} o +{country}{digits}',
  'fleet.numberLength': 'tiene un número de cifras equivocado',
  'fleet.countryCode': 'el código de país "{shown}" no lo es: de 1 a 3 cifras, por ejemplo 34',
  'fleet.andNotByText': {
    says: '{failure}; y no pudo ir por SMS: {why}',
    advice: 'mirar la alimentación y la cobertura del módem',
  },
  'fleet.notSentAgain': {
    says: '{failure}; el módem respondió justo antes, así que puede haberlo hecho; no se envía de nuevo por SMS',
    advice: 'mirar antes de enviarlo otra vez',
  },
  'fleet.alias': 'el alias "{shown}" no está escrito como NOMBRE>orden AT',
  'fleet.text': 'el texto "{shown}" {why}',
  'fleet.textNotAt': 'no empieza por AT',
  'fleet.textNoAlias': 'no es un alias: dar solo su nombre, por ejemplo RL0ON',
  'fleet.textEmpty': 'está vacío',
  'fleet.textQuoted': 'está entre comillas: los módems lo quieren sin ellas',
  'fleet.textReboot': 'no está documentado: escribir MTXTUNNEL AT^MTXTUNNEL=REBOOT',
  'fleet.textUnknown':
    'no es nada que entienda un módem: escribir MTXTUNNEL AT..., o mtxtunnel on, o un alias de la lista del nodo',
  'fleet.textNotAscii':
    'contiene letras fuera del ASCII simple, que un módem pasarela puede estropear: quitarlas, o enviarlo por un proveedor',
  'fleet.textUnfit': 'no puede ser un SMS: {why}',
  'fleet.smsControl': 'contiene un carácter de control (¿un salto de línea?); un SMS para un módem es una sola línea',
  'fleet.smsCharacter': '"{character}" no está en el alfabeto de los SMS (GSM de 7 bits); quitarlo',
  'fleet.smsPlain': '"{character}" no está en el alfabeto de los SMS (GSM de 7 bits); escribir "{plain}"',
  'fleet.smsTooLong': 'ocupa {septets} caracteres, y en un mensaje caben {max}; acortarlo en {over}',
  'fleet.smsTooLongDoubled':
    'ocupa {septets} caracteres ({doubled} y el signo del euro cuentan doble), y en un mensaje caben {max}; acortarlo en {over}',
  'fleet.sharedNumber': '{phone} figura como número de {owner} y de {imei}; no se podrían distinguir sus respuestas',
  'fleet.phoneLine':
    'la línea {line} de los números de teléfono ("{shown}") no está escrita como: IMEI, número de teléfono',
  'fleet.gatewayItself': {
    says: 'el módem pasarela no puede enviarse un SMS a sí mismo',
    advice: 'poner en msg.imei el módem al que se refiere, o elegir otra pasarela',
  },
  'fleet.gatewayRefused': 'el módem pasarela {gateway} no envió el SMS: {result}',
  'fleet.noGateway': 'falta: dar el IMEI del módem que envía los SMS',
  'fleet.inboundForm': 'un SMS que llegó es msg.payload como objeto de from, text y at, con from y text como textos',
  'fleet.noModemSaid': { says: 'no se dice a qué módem se refiere', advice: 'ponerlo en msg.imei' },
  'fleet.phoneNotText': 'msg.phone tiene que ser un texto',
  'fleet.modemsEntry':
    'la entrada {index} de msg.modems no es un objeto de imei, phone y validPhones, con validPhones como lista si se da',
  'fleet.noSmsText': {
    says: 'no hay texto',
    advice: 'enviar msg.payload como texto, o como objeto con command o alias',
  },
};
