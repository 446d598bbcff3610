// Names of the OBIS value groups in the languages of the palette, as data (Blue Book 7.4 to 7.5, abstract objects
// 7.4.1).
/** Languages of names. */
export type Language = 'en' | 'es';
/** One name in each language. */
export type Text = { readonly [L in Language]: string };
/** A quantity as energy and as power. */
export interface Name {
  /** As a power or instantaneous quantity. */
  readonly power: Text;
  /** As its time integral; absent where that has no name of its own. */
  readonly energy?: Text;
}

/** Value group C of electricity, total; phases 1 to 3 repeat it at 21, 41 and 61. */
export const QUANTITIES: { readonly [c: number]: Name } = {
  1: {
    power: { en: 'Active power import', es: 'Potencia activa importada' },
    energy: { en: 'Active energy import', es: 'Energía activa importada' },
  },
  2: {
    power: { en: 'Active power export', es: 'Potencia activa exportada' },
    energy: { en: 'Active energy export', es: 'Energía activa exportada' },
  },
  3: {
    power: { en: 'Reactive power import', es: 'Potencia reactiva importada' },
    energy: { en: 'Reactive energy import', es: 'Energía reactiva importada' },
  },
  4: {
    power: { en: 'Reactive power export', es: 'Potencia reactiva exportada' },
    energy: { en: 'Reactive energy export', es: 'Energía reactiva exportada' },
  },
  5: {
    power: { en: 'Reactive power quadrant I', es: 'Potencia reactiva cuadrante I' },
    energy: { en: 'Reactive energy quadrant I', es: 'Energía reactiva cuadrante I' },
  },
  6: {
    power: { en: 'Reactive power quadrant II', es: 'Potencia reactiva cuadrante II' },
    energy: { en: 'Reactive energy quadrant II', es: 'Energía reactiva cuadrante II' },
  },
  7: {
    power: { en: 'Reactive power quadrant III', es: 'Potencia reactiva cuadrante III' },
    energy: { en: 'Reactive energy quadrant III', es: 'Energía reactiva cuadrante III' },
  },
  8: {
    power: { en: 'Reactive power quadrant IV', es: 'Potencia reactiva cuadrante IV' },
    energy: { en: 'Reactive energy quadrant IV', es: 'Energía reactiva cuadrante IV' },
  },
  9: {
    power: { en: 'Apparent power import', es: 'Potencia aparente importada' },
    energy: { en: 'Apparent energy import', es: 'Energía aparente importada' },
  },
  10: {
    power: { en: 'Apparent power export', es: 'Potencia aparente exportada' },
    energy: { en: 'Apparent energy export', es: 'Energía aparente exportada' },
  },
  11: { power: { en: 'Current', es: 'Corriente' } },
  12: { power: { en: 'Voltage', es: 'Tensión' } },
  13: { power: { en: 'Power factor', es: 'Factor de potencia' } },
  14: { power: { en: 'Frequency', es: 'Frecuencia' } },
  15: {
    power: { en: 'Active power absolute', es: 'Potencia activa absoluta' },
    energy: { en: 'Active energy absolute', es: 'Energía activa absoluta' },
  },
  16: {
    power: { en: 'Active power net', es: 'Potencia activa neta' },
    energy: { en: 'Active energy net', es: 'Energía activa neta' },
  },
};

/** The total and the phases, by the first value of group C. */
export const PHASES: readonly { readonly from: number; readonly name: Text }[] = [
  { from: 21, name: { en: 'L1', es: 'L1' } },
  { from: 41, name: { en: 'L2', es: 'L2' } },
  { from: 61, name: { en: 'L3', es: 'L3' } },
];

/** Value group D. */
export const PROCESSINGS: { readonly [d: number]: { readonly name: Text; readonly isEnergy: boolean } } = {
  2: { name: { en: 'cumulative maximum', es: 'máxima acumulada' }, isEnergy: false },
  3: { name: { en: 'minimum', es: 'mínima' }, isEnergy: false },
  4: { name: { en: 'current average', es: 'media actual' }, isEnergy: false },
  5: { name: { en: 'last average', es: 'última media' }, isEnergy: false },
  6: { name: { en: 'maximum demand', es: 'máxima' }, isEnergy: false },
  7: { name: { en: '', es: '' }, isEnergy: false },
  8: { name: { en: '', es: '' }, isEnergy: true },
  9: { name: { en: 'since last reset', es: 'desde el último cierre' }, isEnergy: true },
  24: { name: { en: 'average', es: 'media' }, isEnergy: false },
  27: { name: { en: 'current average 5', es: 'media actual 5' }, isEnergy: false },
  29: { name: { en: 'per period', es: 'por periodo' }, isEnergy: true },
};

/**
 * Quantities whose value group E counts harmonics instead of tariffs (Blue Book 7.5.3), where D is instantaneous or
 * average.
 */
export const HARMONIC_QUANTITIES: ReadonlySet<number> = new Set([11, 12, 15]);
/** Values of group D whose group E is a harmonic. */
export const HARMONIC_PROCESSINGS: ReadonlySet<number> = new Set([7, 24]);
/** The word before the number of a harmonic. */
export const HARMONIC: Text = { en: 'harmonic', es: 'armónico' };
/** Group E 124: total harmonic distortion. */
export const DISTORTION: Text = { en: 'total harmonic distortion', es: 'distorsión armónica total' };
/** The word before the number of a tariff. */
export const TARIFF: Text = { en: 'tariff', es: 'tarifa' };

type Pattern = readonly [number | null, number | null, number, number, number | null, number | null];
/** Codes with a name of their own; null = any value. The first match counts. */
export const OBIS_FIXED: readonly (readonly [Pattern, Text])[] = [
  [[0, null, 1, 0, 0, null], { en: 'Clock', es: 'Reloj' }],
  [[0, null, 0, 1, 0, null], { en: 'Number of billing resets', es: 'Número de cierres' }],
  [[0, null, 10, 0, null, null], { en: 'Script table', es: 'Tabla de guiones' }],
  [[0, null, 11, 0, 0, null], { en: 'Special days table', es: 'Tabla de días especiales' }],
  [[0, null, 13, 0, null, null], { en: 'Activity calendar', es: 'Calendario de actividad' }],
  [[0, null, 14, 0, null, null], { en: 'Register activation', es: 'Activación de registros' }],
  [[0, null, 15, 0, null, null], { en: 'Single action schedule', es: 'Planificación de acción' }],
  [[0, null, 16, 0, null, null], { en: 'Register monitor', es: 'Supervisor de registro' }],
  [[0, null, 17, 0, null, null], { en: 'Limiter', es: 'Limitador' }],
  [[0, null, 22, 0, 0, null], { en: 'HDLC setup', es: 'Configuración HDLC' }],
  [[0, null, 24, 1, null, null], { en: 'M-Bus client', es: 'Cliente M-Bus' }],
  [[0, null, 24, 2, null, null], { en: 'M-Bus value', es: 'Valor M-Bus' }],
  [[0, null, 24, 3, null, null], { en: 'M-Bus profile', es: 'Perfil M-Bus' }],
  [[0, null, 24, 4, null, null], { en: 'M-Bus disconnect control', es: 'Control de corte M-Bus' }],
  [[0, null, 25, 9, null, null], { en: 'Push setup', es: 'Configuración de envío' }],
  [[0, null, 40, 0, null, null], { en: 'Association', es: 'Asociación' }],
  [[0, null, 41, 0, 0, null], { en: 'SAP assignment', es: 'Asignación de SAP' }],
  [[0, null, 42, 0, 0, null], { en: 'Logical device name', es: 'Nombre del dispositivo lógico' }],
  [[0, null, 43, 0, null, null], { en: 'Security setup', es: 'Configuración de seguridad' }],
  [[0, null, 43, 1, null, null], { en: 'Invocation counter', es: 'Contador de invocación' }],
  [[0, null, 44, 0, 0, null], { en: 'Image transfer', es: 'Transferencia de imagen' }],
  [[0, null, 94, 91, 9, null], { en: 'Meter type', es: 'Tipo de contador' }],
  [[0, null, 94, 91, 10, null], { en: 'Instrument identification', es: 'Identificación del equipo' }],
  [[0, null, 96, 1, 0, null], { en: 'Serial number', es: 'Número de serie' }],
  [[0, null, 96, 1, null, null], { en: 'Device identification', es: 'Identificación del dispositivo' }],
  [[0, null, 96, 3, 10, null], { en: 'Disconnect control', es: 'Control de corte' }],
  [[0, null, 96, 3, null, null], { en: 'Input/output status', es: 'Estado de entradas/salidas' }],
  [[0, null, 96, 5, null, null], { en: 'Internal status', es: 'Estado interno' }],
  [[0, null, 96, 6, null, null], { en: 'Battery', es: 'Batería' }],
  [[0, null, 96, 7, null, null], { en: 'Power failures', es: 'Cortes de alimentación' }],
  [[0, null, 96, 8, null, null], { en: 'Operating time', es: 'Tiempo de funcionamiento' }],
  [[0, null, 96, 9, null, null], { en: 'Ambient temperature', es: 'Temperatura ambiente' }],
  [[0, null, 96, 10, null, null], { en: 'Status', es: 'Estado' }],
  [[0, null, 96, 11, null, null], { en: 'Event code', es: 'Código de evento' }],
  [[0, null, 96, 12, 5, null], { en: 'Signal strength', es: 'Nivel de señal' }],
  [[0, null, 96, 13, null, null], { en: 'Consumer message', es: 'Mensaje al consumidor' }],
  [[0, null, 96, 14, 0, null], { en: 'Active tariff', es: 'Tarifa activa' }],
  [[0, null, 97, 97, null, null], { en: 'Error register', es: 'Registro de errores' }],
  [[0, null, 97, 98, null, null], { en: 'Alarm register', es: 'Registro de alarmas' }],
  [[0, null, 98, 1, null, null], { en: 'Billing profile', es: 'Perfil de cierres' }],
  [[0, null, 98, 2, null, null], { en: 'Daily profile', es: 'Perfil diario' }],
  [[0, null, 99, 98, null, null], { en: 'Event log', es: 'Registro de eventos' }],
  [[1, null, 0, 0, null, null], { en: 'Electricity identification', es: 'Identificación eléctrica' }],
  [[1, null, 0, 2, 0, null], { en: 'Firmware version', es: 'Versión de firmware' }],
  [[1, null, 0, 2, null, null], { en: 'Program version', es: 'Versión de programa' }],
  [[1, null, 0, 4, 2, null], { en: 'Current transformer ratio', es: 'Relación de transformación de corriente' }],
  [[1, null, 0, 4, 3, null], { en: 'Voltage transformer ratio', es: 'Relación de transformación de tensión' }],
  [[1, null, 0, 8, 4, null], { en: 'Capture period', es: 'Periodo de integración' }],
  [[1, null, 0, 9, 1, null], { en: 'Local time', es: 'Hora local' }],
  [[1, null, 0, 9, 2, null], { en: 'Local date', es: 'Fecha local' }],
  [[1, null, 81, 7, null, null], { en: 'Phase angle', es: 'Ángulo de fase' }],
  [[1, null, 91, 7, null, null], { en: 'Current neutral', es: 'Corriente de neutro' }],
  [[1, null, 98, 1, null, null], { en: 'Billing profile', es: 'Perfil de cierres' }],
  [[1, null, 99, 1, null, null], { en: 'Load profile', es: 'Curva de carga' }],
  [[1, null, 99, 2, null, null], { en: 'Load profile 2', es: 'Curva de carga 2' }],
];
