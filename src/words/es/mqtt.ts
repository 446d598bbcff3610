import type { MQTT_REASONS } from '../../core/wire/reasons/mqtt';
import type { WordsOf } from '../words';

export const mqtt: WordsOf<typeof MQTT_REASONS> = {
  'mqtt.noConnection': 'ahora no hay conexión con el bróker MQTT',
  'mqtt.notCovered': 'la suscripción «{filter}» no cubre el topic «{topic}»',
  'mqtt.closedHere': { says: 'la plataforma la cerró', advice: '' },
  'mqtt.offlineBecause': '{why}',
  'mqtt.notYet': 'aún no se ha hecho',
  'mqtt.testOver': 'la prueba ha terminado',
  'mqtt.tooLarge': '{bytes} octetos son más de lo que el bróker permite en un mensaje',
  'mqtt.qos0Only': { says: 'el bróker solo permite QoS 0', advice: 'póngalo en el módem' },
  'mqtt.endedUnconfirmed': { says: 'terminó antes de que el bróker confirmara: {why}', advice: '' },
  'mqtt.endedUnconfirmedTopic': {
    says: 'terminó antes de que el bróker confirmara un mensaje a «{topic}»',
    advice: '',
  },
  'mqtt.unconfirmed': 'el bróker no confirmó un mensaje a «{topic}» en {seconds} s',
  'mqtt.stuck': 'un mensaje a «{topic}» no pudo salir en {seconds} s',
  'mqtt.packetSilent': { says: 'el bróker no contestó {packet} en {seconds} s', advice: 'se intenta de nuevo solo' },
  'mqtt.packetUnanswered': 'el bróker no contestó {packet}',
  'mqtt.ended': 'ha terminado',
  'mqtt.closesOnFilter': {
    says: 'el bróker cierra la conexión cuando se le pide «{filter}»',
    advice: 'permita a este usuario leerlo (ACL)',
  },
  'mqtt.version': 'versión de MQTT: elija 4 (MQTT 3.1.1) o 5',
  'mqtt.keepalive': 'keep-alive: un número entero de segundos de 1 a 65535',
  'mqtt.passwordAlone': 'una contraseña necesita un nombre de usuario',
  'mqtt.tlsWithoutS':
    'hay TLS configurado, pero {protocol}:// no va cifrado; escriba {protocol}s:// o quite la configuración TLS',
  'mqtt.addressEmpty': {
    says: 'la dirección del bróker está vacía',
    advice: 'escríbala como mqtts://broker.example:8883',
  },
  'mqtt.addressNoProtocol': {
    says: 'la dirección del bróker no tiene protocolo',
    advice: 'escríbala como mqtts://broker.example:8883',
  },
  'mqtt.addressProtocol': {
    says: 'la dirección del bróker empieza por {scheme}://, pero solo se conocen mqtt, mqtts, ws y wss',
    advice: 'escríbala como mqtts://broker.example:8883',
  },
  'mqtt.addressUnreadable': {
    says: 'la dirección del bróker no se puede leer',
    advice: 'escríbala como mqtts://broker.example:8883',
  },
  'mqtt.addressLogin': 'la dirección del bróker contiene usuario y contraseña; póngalos en sus propios campos',
  'mqtt.addressPath': 'la dirección del bróker acaba en «{path}», pero solo ws:// y wss:// tienen ruta',
  'mqtt.addressPort': {
    says: 'el puerto del bróker tiene que ser de 1 a 65535',
    advice: 'escríbala como mqtts://broker.example:8883',
  },
  'mqtt.textCharacter': '{field}: contiene un carácter que MQTT no puede llevar',
  'mqtt.textLong': '{field}: más de 65535 octetos',
  'mqtt.template': '{field} «{shown}»: {why}',
  'mqtt.topic': 'topic «{shown}»: {why}',
  'mqtt.filter': 'filtro de topics «{shown}»: {why}',
  'mqtt.noWildcards': 'aquí no se permiten comodines (+ y #); escriba [IMEI] donde va el IMEI',
  'mqtt.brokersOwn': 'un topic que empieza por $ es del propio bróker',
  'mqtt.unknownPlace': '{place} no se conoce; solo se sustituye [IMEI]',
  'mqtt.imeiOnce': '[IMEI] solo puede aparecer una vez',
  'mqtt.publishWildcard': 'no se puede publicar en un topic con comodín (+ o #)',
  'mqtt.noShared': 'no se admiten suscripciones compartidas',
  'mqtt.wholeLevel': '+ y # ocupan un nivel entero',
  'mqtt.hashLast': '# solo puede ir al final',
  'mqtt.nameEmpty': 'está vacío',
  'mqtt.nameNul': 'contiene un carácter NUL',
  'mqtt.nameSurrogate': 'contiene medio carácter (un sustituto suelto), que MQTT no puede llevar',
  'mqtt.nameLong': 'tiene más de {most} octetos',
  'mqtt.noImeiTopics': 'ningún topic contiene [IMEI], así que los módems no se pueden distinguir',
  'mqtt.notDeployed': 'despliegue primero el bróker: solo uno desplegado tiene conexión',
  'mqtt.tlsNotDeployed': 'la configuración TLS no está desplegada o se borró; elíjala de nuevo',
  'mqtt.refused': '{address} rechazó la conexión: {why}',
  'mqtt.connackUnknown': 'da el código de motivo {code}',
  'mqtt.wrongVersion': 'no habla MQTT {version}; elija la versión {other}',
  'mqtt.idRejected': 'no acepta el id de cliente «{client}»; ponga otro',
  'mqtt.badLogin': 'usuario o contraseña incorrectos',
  'mqtt.notAllowed':
    'usuario y contraseña son incorrectos, o este usuario no puede conectarse (con el id de cliente «{client}»)',
  'mqtt.notAvailable': 'dice que ahora no está disponible; se intenta de nuevo solo',
  'mqtt.noReason': 'no dice por qué; mire su registro',
  'mqtt.banned': 'este cliente está vetado allí',
  'mqtt.otherAuth': 'quiere otra autenticación que usuario y contraseña',
  'mqtt.quota': 'allí se ha agotado una cuota',
  'mqtt.otherServer': 'dice que se use otro servidor',
  'mqtt.movedServer': 'se ha trasladado a otro servidor',
  'mqtt.connectionRate': 'demasiadas conexiones a la vez; se intenta de nuevo solo',
  'mqtt.aclDenied': 'este usuario no puede hacer lo pedido (ACL)',
  'mqtt.busy': 'está ocupado; se intenta de nuevo solo',
  'mqtt.shuttingDown': 'se está apagando; se intenta de nuevo solo',
  'mqtt.noKeepalive': 'no oyó nuestro keep-alive; se intenta de nuevo solo',
  'mqtt.packetLarge': 'un mensaje era mayor de lo que permite',
  'mqtt.messageRate': 'los mensajes llegan más deprisa de lo que permite',
  'mqtt.administrator': 'su administrador la cortó',
  'mqtt.noLonger': 'no permite conexiones más largas; se intenta de nuevo solo',
  'mqtt.endedRefused': '{address} terminó la conexión: {why}',
  'mqtt.endedBroken': '{address} terminó la conexión: {why}',
  'mqtt.endedCode': {
    says: '{address} terminó la conexión con el código de motivo {code}',
    advice: 'se intenta de nuevo solo',
  },
  'mqtt.takenOver': {
    says: 'otro cliente se conecta a {address} con el mismo id «{client}», y los dos se echan uno al otro',
    advice: 'dé a cada uno su propio id de cliente, o déjelo vacío',
  },
  'mqtt.closedInTls':
    '{address} cerró la conexión durante el saludo TLS; ¿es un puerto sin TLS, o exige un certificado de cliente?',
  'mqtt.closedAtOnce': '{address} cerró la conexión enseguida; ¿escucha ahí un bróker MQTT?',
  'mqtt.closedGreetingTls':
    '{address} cerró la conexión sin contestar; puede que exija un certificado de cliente, o que no sea un bróker MQTT',
  'mqtt.closedGreeting':
    '{address} cerró la conexión sin contestar; ¿es un puerto MQTT, y sin TLS? (un puerto TLS necesita {protocol}s://)',
  'mqtt.tryOlder': '{why}; los brókeres antiguos cierran con MQTT 5, así que pruebe la versión 3.1.1',
  'mqtt.closed': { says: '{address} cerró la conexión', advice: 'se intenta de nuevo solo' },
  'mqtt.dialTimeout': {
    says: '{address} no contestó en {seconds} s',
    advice: 'revise dirección y puerto, y si hay un cortafuegos en medio',
  },
  'mqtt.tlsTimeout': '{address} aceptó la conexión, pero no hubo saludo TLS en {seconds} s; ¿es un puerto sin TLS?',
  'mqtt.mqttTimeoutTls': {
    says: '{address} aceptó la conexión, pero ningún bróker MQTT contestó en {seconds} s',
    advice: 'revise el puerto',
  },
  'mqtt.mqttTimeout': {
    says: '{address} aceptó la conexión, pero ningún bróker MQTT contestó en {seconds} s',
    advice: 'revise el puerto, y si quiere TLS ({protocol}s://)',
  },
  'mqtt.speaksTls': '{address} habla TLS en este puerto; escriba {protocol}s://',
  'mqtt.webServer': {
    says: '{address} es un servidor web en este puerto, no un bróker MQTT',
    advice: 'revise el puerto, o use ws:// o wss://',
  },
  'mqtt.notMqtt': { says: '{address} contesta, pero no en MQTT', advice: 'revise el puerto' },
  'mqtt.dropped': { says: '{address} soltó la conexión', advice: 'se intenta de nuevo solo' },
  'mqtt.otherName': {
    says: '{address} muestra un certificado para otro nombre ({names})',
    advice: 'use ese nombre en la dirección, o póngalo como nombre de servidor en la configuración TLS',
  },
  'mqtt.noName': {
    says: '{address} muestra un certificado que no nombra a nadie',
    advice: 'use un certificado con el nombre del servidor',
  },
  'mqtt.webSocketHttp': {
    says: '{address} contesta a la petición websocket con HTTP {status}',
    advice: 'revise la ruta al final de la dirección',
  },
  'mqtt.keepaliveSilent': { says: '{address} calló (sin respuesta al keep-alive)', advice: 'se intenta de nuevo solo' },
  'mqtt.tlsFailed': 'TLS con {address} falló: {text}',
  'mqtt.failed': '{address} falló: {text}',
  'mqtt.keyLocked': 'la clave privada no se puede abrir; revise su contraseña ({text})',
  'mqtt.keyMismatch': 'el certificado y la clave privada no se corresponden ({text})',
  'mqtt.pemUnreadable':
    'un certificado o clave de la configuración TLS no se puede leer; tienen que ser textos PEM ({text})',
  'mqtt.filterInvalid': {
    says: 'el bróker rechazó la suscripción a «{filter}» (código {code})',
    advice: 'dice que el filtro no es válido',
  },
  'mqtt.filterQuota': {
    says: 'el bróker rechazó la suscripción a «{filter}» (código {code})',
    advice: 'se ha agotado el número de suscripciones permitido',
  },
  'mqtt.filterShared': {
    says: 'el bróker rechazó la suscripción a «{filter}» (código {code})',
    advice: 'no conoce suscripciones compartidas',
  },
  'mqtt.filterWildcards': {
    says: 'el bróker rechazó la suscripción a «{filter}» (código {code})',
    advice: 'no permite comodines; use topics sin + ni #',
  },
  'mqtt.filterAcl': {
    says: 'el bróker rechazó la suscripción a «{filter}» (código {code})',
    advice: 'permita a este usuario suscribirse y leerlo (ACL)',
  },
  'mqtt.writeAcl': {
    says: 'el bróker no aceptó un mensaje a «{topic}» (código {code})',
    advice: 'permita a este usuario escribir en él (ACL)',
  },
  'mqtt.topicInvalid': {
    says: 'el bróker no aceptó un mensaje a «{topic}» (código {code})',
    advice: 'dice que el topic no es válido',
  },
  'mqtt.publishQuota': {
    says: 'el bróker no aceptó un mensaje a «{topic}» (código {code})',
    advice: 'se ha agotado una cuota',
  },
  'mqtt.notTaken': { says: 'el bróker no aceptó un mensaje a «{topic}» (código {code})', advice: '' },
  'mqtt.nameUnknown': {
    says: '{address} no se encuentra: el DNS no conoce el nombre',
    advice: 'revise cómo está escrito',
  },
  'mqtt.noDns': {
    says: '{address} no se puede buscar: ningún servidor DNS contesta',
    advice: 'revise la red de esta máquina',
  },
  'mqtt.refuses': '{address} rechaza conexiones; ¿está el bróker en marcha y es correcto el puerto?',
  'mqtt.noAnswer': {
    says: '{address} no contesta',
    advice: 'revise dirección y puerto, y si hay un cortafuegos en medio',
  },
  'mqtt.noRoute': { says: '{address} no se alcanza: no hay ruta hasta él', advice: 'revise la red' },
  'mqtt.noNetwork': { says: '{address} no se alcanza: no hay ruta hasta su red', advice: 'revise la red' },
  'mqtt.selfSigned': {
    says: '{address} muestra un certificado autofirmado',
    advice: 'ponga ese certificado como CA en la configuración TLS',
  },
  'mqtt.expired': {
    says: '{address} muestra un certificado caducado',
    advice: 'renuévelo en el bróker (y revise el reloj de esta máquina)',
  },
  'mqtt.notYetValid': {
    says: '{address} muestra un certificado que aún no es válido',
    advice: 'revise los relojes de esta máquina y del bróker',
  },
  'mqtt.revoked': '{address} muestra un certificado revocado',
  'mqtt.noTlsThere': {
    says: '{address} contesta sin TLS en este puerto',
    advice: 'use su puerto TLS, o una dirección sin la s (mqtt://, ws://)',
  },
  'mqtt.clientCertificate': {
    says: '{address} exige un certificado de cliente',
    advice: 'ponga certificado y clave privada en la configuración TLS',
  },
  'mqtt.notTrusted': {
    says: '{address} muestra un certificado de una autoridad que aquí no se conoce',
    advice: 'ponga su certificado CA en la configuración TLS',
  },
  'mqtt.oursNotAccepted':
    '{address} no acepta nuestro certificado de cliente; tiene que emitirlo una autoridad que el bróker conozca',
  'mqtt.oursExpired': '{address} dice que nuestro certificado de cliente ha caducado; renuévelo',
  'mqtt.oursRevoked': '{address} dice que nuestro certificado de cliente está revocado',
  'mqtt.handshake':
    '{address} cortó el saludo TLS: exige un certificado de cliente, o no tiene ningún cifrado en común con nosotros',
  'mqtt.tlsVersion': '{address} no habla ninguna versión de TLS permitida aquí (1.2 o 1.3)',
  'mqtt.alpn': '{address} no conoce ninguno de nuestros protocolos ALPN; revise ALPN en la configuración TLS',
  'mqtt.serverName':
    '{address} no conoce el nombre de servidor que pedimos; revise el nombre en la dirección o en la configuración TLS',
  'mqtt.imeiInTopic': 'el IMEI «{shown}» no puede estar en un topic',
};
